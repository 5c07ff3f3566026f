//! How much memory a container, or another control group, leaves to this process.

/// What a version of Linux's control groups calls what, as its documentation says
/// (Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst in the kernel's source).
struct Version {
    /// Whether one group has all controllers.
    unified: bool,
    /// Each of them limits.
    limits: &'static [&'static str],
    used: &'static str,
    /// Of what is used, in memory.stat: the contents of files, which the kernel gives up for others.
    files: [&'static str; 2],
}

static VERSION_1: Version = Version {
    unified: false,
    limits: &["memory.limit_in_bytes"],
    used: "memory.usage_in_bytes",
    files: ["total_inactive_file", "total_active_file"],
};

static VERSION_2: Version = Version {
    unified: true,
    // Above `high` a group is not ended but slowed down, hardly to be told from standing still.
    limits: &["memory.max", "memory.high"],
    used: "memory.current",
    files: ["inactive_file", "active_file"],
};

/// Where control groups of memory are to be found.
struct Mount<'a> {
    version: &'static Version,
    /// The group that is seen at `point`.
    root: &'a str,
    point: &'a str,
}

/// Bytes that the control groups around this process leave, the tightest of them; `None` without a limit.
/// `read` reads a file.
pub(super) fn memory_left(read: impl Fn(&str) -> Option<String>) -> Option<u64> {
    let groups = read("/proc/self/cgroup")?;
    let mounts = read("/proc/self/mountinfo")?;
    let left = mounts.lines().filter_map(mount).filter_map(|mount| {
        let group = groups.lines().find_map(|line| mount.group(line))?;
        let ends = group.match_indices('/').map(|(end, _)| end);
        let outwards = ends.chain([group.len()]).map(|end| &group[..end]);
        outwards.filter_map(|group| mount.left(group, &read)).min()
    });
    left.min()
}

/// A line of mountinfo (proc_pid_mountinfo(5)), if it mounts control groups that limit memory.
fn mount(line: &str) -> Option<Mount<'_>> {
    let (mounted, kind) = line.split_once(" - ")?;
    let mut mounted = mounted.split(' ').skip(3);
    let (root, point) = (mounted.next()?, mounted.next()?);
    let mut kind = kind.split(' ');
    let version = match (kind.next()?, kind.nth(1)?) {
        ("cgroup2", _) => &VERSION_2,
        ("cgroup", options) if options.split(',').any(|name| name == "memory") => &VERSION_1,
        _ => return None,
    };
    Some(Mount {
        version,
        root,
        point,
    })
}

impl Mount<'_> {
    /// The group of this process below the mount point, if this line of `/proc/self/cgroup` says so; its root
    /// where the group itself cannot be seen.
    fn group<'l>(&self, line: &'l str) -> Option<&'l str> {
        let mut parts = line.splitn(3, ':');
        let (_, controllers, group) = (parts.next()?, parts.next()?, parts.next()?);
        let counts = match self.version.unified {
            true => controllers.is_empty(),
            false => controllers.split(',').any(|name| name == "memory"),
        };
        let below = group.strip_prefix(self.root.trim_end_matches('/'));
        counts.then(|| below.unwrap_or("").trim_end_matches('/'))
    }

    /// What one group leaves.
    fn left(&self, group: &str, read: impl Fn(&str) -> Option<String>) -> Option<u64> {
        let read = |name: &str| read(&format!("{}{group}/{name}", self.point));
        // `max`, which is no number, is no limit.
        let number = |name: &str| read(name)?.trim().parse::<u64>().ok();
        let limits = self.version.limits.iter();
        let limit = limits.filter_map(|limit| number(limit)).min()?;
        let used = number(self.version.used)?;
        let table = read("memory.stat").unwrap_or_default();
        let files = table.lines().filter_map(|line| {
            let (name, bytes) = line.split_once(' ')?;
            let counts = self.version.files.contains(&name);
            counts.then(|| bytes.parse::<u64>().ok())?
        });
        let held = used.saturating_sub(files.sum());
        Some(limit.saturating_sub(held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: &str = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw";

    fn left(mounts: &str, files: &[(&str, &str)]) -> Option<u64> {
        memory_left(|path| match path {
            "/proc/self/mountinfo" => Some(mounts.to_owned()),
            _ => {
                let file = files.iter().find(|(name, _)| *name == path);
                file.map(|(_, text)| (*text).to_owned())
            }
        })
    }

    #[test]
    fn the_tightest_group_around_counts_and_cached_files_do_not() {
        let files = [
            ("/proc/self/cgroup", "0::/shop/sweep\n"),
            ("/sys/fs/cgroup/shop/sweep/memory.max", "max\n"),
            ("/sys/fs/cgroup/shop/sweep/memory.current", "500\n"),
            ("/sys/fs/cgroup/shop/memory.max", "1000\n"),
            ("/sys/fs/cgroup/shop/memory.current", "700\n"),
            (
                "/sys/fs/cgroup/shop/memory.stat",
                "anon 100\ninactive_file 400\nactive_file 50\nslab 3\n",
            ),
        ];
        assert_eq!(left(SECOND, &files), Some(750));
        let slowed = ("/sys/fs/cgroup/shop/memory.high", "900\n");
        assert_eq!(left(SECOND, &[&files[..], &[slowed]].concat()), Some(650));
    }

    #[test]
    fn the_first_version_is_read_in_a_container_that_sees_a_part() {
        let mounts = "40 32 0:35 /docker/1234 /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n\
                      41 32 0:36 /docker/1234 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
                      42 32 0:37 / /sys/fs/cgroup/unified rw - cgroup2 cgroup rw,nsdelegate";
        let stat = "inactive_file 1\ntotal_inactive_file 100\ntotal_active_file 20\n";
        let files = [
            (
                "/proc/self/cgroup",
                "5:cpu,cpuacct:/docker/1234\n4:cpu,memory:/docker/1234/job\n0::/\n",
            ),
            ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "1000\n"),
            ("/sys/fs/cgroup/memory/memory.usage_in_bytes", "600\n"),
            ("/sys/fs/cgroup/memory/memory.stat", stat),
        ];
        assert_eq!(left(mounts, &files), Some(520));
        let job = [
            ("/sys/fs/cgroup/memory/job/memory.limit_in_bytes", "700\n"),
            ("/sys/fs/cgroup/memory/job/memory.usage_in_bytes", "400\n"),
        ];
        assert_eq!(left(mounts, &[&files[..], &job].concat()), Some(300));
        // The second version can have the memory where both are mounted.
        let unified = [
            ("/sys/fs/cgroup/unified/memory.max", "50\n"),
            ("/sys/fs/cgroup/unified/memory.current", "10\n"),
        ];
        assert_eq!(left(mounts, &[&files[..], &unified].concat()), Some(40));
    }

    #[test]
    fn without_a_limit_nothing_is_said() {
        assert_eq!(left("", &[]), None);
        let unlimited = [
            ("/proc/self/cgroup", "0::/\n"),
            ("/sys/fs/cgroup/memory.max", "max\n"),
            ("/sys/fs/cgroup/memory.current", "5\n"),
        ];
        assert_eq!(left(SECOND, &unlimited), None);
    }
}
