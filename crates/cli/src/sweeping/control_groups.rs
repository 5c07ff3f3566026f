//! How much memory a container, or another control group, leaves to this process.

/// Where a version of Linux's control groups has what, as its documentation says
/// (Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst in the kernel's source).
struct Hierarchy {
    folder: &'static str,
    limit: &'static str,
    used: &'static str,
    /// Of what is used, in memory.stat: the contents of files, which the kernel gives up for others.
    files: [&'static str; 2],
}

const VERSION_1: Hierarchy = Hierarchy {
    folder: "/sys/fs/cgroup/memory",
    limit: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    files: ["total_inactive_file", "total_active_file"],
};

const VERSION_2: Hierarchy = Hierarchy {
    folder: "/sys/fs/cgroup",
    limit: "memory.max",
    used: "memory.current",
    files: ["inactive_file", "active_file"],
};

/// Bytes that the control groups around this process leave, the tightest of them; `None` without a limit.
/// `read` reads a file.
pub(super) fn memory_left(read: impl Fn(&str) -> Option<String>) -> Option<u64> {
    let groups = read("/proc/self/cgroup")?;
    let left = groups.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':');
        let (_, controllers, group) = (parts.next()?, parts.next()?, parts.next()?);
        let hierarchy = match controllers {
            "" => VERSION_2,
            _ if controllers.split(',').any(|name| name == "memory") => VERSION_1,
            _ => return None,
        };
        // In a container the group's own folder may not be seen, but the container's is the root.
        let group = group.trim_end_matches('/');
        let ends = group.match_indices('/').map(|(end, _)| end);
        let groups = ends.chain([group.len()]).map(|end| &group[..end]);
        groups
            .filter_map(|group| hierarchy.left(group, &read))
            .min()
    });
    left.min()
}

impl Hierarchy {
    /// What one group leaves.
    fn left(&self, group: &str, read: impl Fn(&str) -> Option<String>) -> Option<u64> {
        let read = |name: &str| read(&format!("{}{group}/{name}", self.folder));
        // `max`, which is no number, is no limit.
        let number = |name: &str| read(name)?.trim().parse::<u64>().ok();
        let (limit, used) = (number(self.limit)?, number(self.used)?);
        let table = read("memory.stat").unwrap_or_default();
        let files = table.lines().filter_map(|line| {
            let (name, bytes) = line.split_once(' ')?;
            self.files
                .contains(&name)
                .then(|| bytes.parse::<u64>().ok())?
        });
        let held = used.saturating_sub(files.sum());
        Some(limit.saturating_sub(held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(files: &[(&str, &str)]) -> Option<u64> {
        memory_left(|path| {
            let file = files.iter().find(|(name, _)| *name == path);
            file.map(|(_, text)| (*text).to_owned())
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
        assert_eq!(left(&files), Some(750));
    }

    #[test]
    fn the_first_version_is_read_beside_an_empty_second_one() {
        let files = [
            (
                "/proc/self/cgroup",
                "5:cpu,cpuacct:/\n4:cpu,memory:/job\n0::/\n",
            ),
            // Not seen in the container: /sys/fs/cgroup/memory/job.
            ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "1000\n"),
            ("/sys/fs/cgroup/memory/memory.usage_in_bytes", "600\n"),
            (
                "/sys/fs/cgroup/memory/memory.stat",
                "inactive_file 1\ntotal_inactive_file 100\ntotal_active_file 20\n",
            ),
        ];
        assert_eq!(left(&files), Some(520));
    }

    #[test]
    fn without_a_limit_nothing_is_said() {
        assert_eq!(left(&[]), None);
        let unlimited = [
            ("/proc/self/cgroup", "0::/\n"),
            ("/sys/fs/cgroup/memory.max", "max\n"),
            ("/sys/fs/cgroup/memory.current", "5\n"),
        ];
        assert_eq!(left(&unlimited), None);
    }
}
