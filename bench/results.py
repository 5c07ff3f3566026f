"""bench/RESULTS.md: one section for each part, with the machine and the time that it was measured at."""

from place import RESULTS

HEAD = "# Results of `just bench`\n"


def save(section, machine):
    """Puts a part's section in place of the one that it had, or at the end."""
    heading, _, body = section.partition("\n\n")
    sections = read()
    sections[heading] = f"{heading}\n\n{machine}\n\n{body}\n"
    partial = RESULTS.with_suffix(".partial")
    partial.write_text("\n".join([HEAD, *sections.values()]))
    partial.rename(RESULTS)


def read():
    """The sections by their headings."""
    if not RESULTS.exists():
        return {}
    _, *sections = RESULTS.read_text().split("\n## ")
    sections = ["## " + section.strip("\n") + "\n" for section in sections]
    return {section.partition("\n")[0]: section for section in sections}
