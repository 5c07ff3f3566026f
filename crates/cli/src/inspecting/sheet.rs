//! A text of sections with lines of names and values.

use crate::colour::Colours;

/// Columns of the names, with what comes before them.
const NAMES: usize = 17;

/// A text in the making.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) colours: Colours,
    pub(super) width: usize,
    text: String,
}

impl Sheet {
    /// An empty one, so many columns wide.
    pub(super) fn new(colours: Colours, width: u16) -> Sheet {
        Sheet {
            colours,
            width: usize::from(width),
            text: String::new(),
        }
    }

    /// The text.
    pub(super) fn into_text(self) -> String {
        self.text.trim_end().to_owned()
    }

    /// Begins a section.
    pub(super) fn heading(&mut self, heading: &str) {
        let heading = self.colours.bold(heading);
        let gap = if self.text.is_empty() { "" } else { "\n" };
        self.text.push_str(&format!("{gap}{heading}\n"));
    }

    /// A line of its own, or several.
    pub(super) fn paragraph(&mut self, text: &str) {
        for line in text.lines() {
            self.text.push_str(&format!("  {line}\n"));
        }
    }

    /// Lines that are as wide as they are.
    pub(super) fn block(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// A name and its value, whose lines begin below each other.
    pub(super) fn line(&mut self, name: &str, value: &str) {
        let mut name = name;
        for line in value.lines() {
            let gap = " ".repeat(NAMES.saturating_sub(2 + name.chars().count()).max(1));
            let name_shown = self.colours.dim(name);
            self.text.push_str(&format!("  {name_shown}{gap}{line}\n"));
            name = "";
        }
    }

    /// The same, if there is a value.
    pub(super) fn line_if(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value {
            self.line(name, &value);
        }
    }

    /// Short items one after the other, as many as fit into a line.
    pub(super) fn items(&mut self, name: &str, items: &[String]) {
        let room = self.width.saturating_sub(NAMES).max(1);
        self.line(name, &filled(items, room).join("\n"));
    }
}

/// Lines of items with a gap between them, none longer than `room` unless an item is.
fn filled(items: &[String], room: usize) -> Vec<String> {
    const GAP: &str = "   ";
    let mut lines: Vec<String> = Vec::new();
    for item in items {
        let length = |text: &str| text.chars().count();
        match lines.last_mut() {
            Some(line) if length(line) + length(GAP) + length(item) <= room => {
                line.push_str(GAP);
                line.push_str(item);
            }
            _ => lines.push(item.clone()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_several_lines_and_items_stand_below_each_other() {
        let mut sheet = Sheet::new(Colours::None, 34);
        sheet.heading("Figures");
        sheet.line("loss", "0.25\nin nats");
        sheet.line_if("seconds", None);
        sheet.items(
            "settings",
            &["a 1", "lambda 1e-5", "b 2", "c 3"].map(str::to_owned),
        );
        sheet.heading("Files");
        sheet.paragraph("none");
        let expected = "Figures\n  loss           0.25\n                 in nats\n  \
                        settings       a 1   lambda 1e-5\n                 b 2   c 3\n\nFiles\n  none";
        assert_eq!(sheet.into_text(), expected);
    }

    #[test]
    fn names_are_painted_without_moving_values() {
        let mut sheet = Sheet::new(Colours::Shown, 80);
        sheet.line("loss", "0.25");
        assert_eq!(sheet.into_text(), "  \u{1b}[2mloss\u{1b}[0m           0.25");
    }
}
