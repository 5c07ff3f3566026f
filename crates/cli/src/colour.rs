//! Colours on the terminal. What they say is always said in words too.

use std::env;
use std::ffi::OsStr;
use std::io::{self, IsTerminal};

use anstyle::{AnsiColor, Style};

/// Whether texts are painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colours {
    /// They are.
    Shown,
    /// They stay as they are.
    None,
}

impl Colours {
    /// Those of stdout: shown where it is a terminal, unless `NO_COLOR` says something or the terminal is a dumb one.
    pub(crate) fn of_stdout() -> Colours {
        let (no_color, term) = (env::var_os("NO_COLOR"), env::var_os("TERM"));
        Colours::where_(
            io::stdout().is_terminal(),
            no_color.as_deref(),
            term.as_deref(),
        )
    }

    fn where_(is_terminal: bool, no_color: Option<&OsStr>, term: Option<&OsStr>) -> Colours {
        let is_unwanted = no_color.is_some_and(|value| !value.is_empty());
        let is_dumb = term.is_some_and(|term| term == "dumb");
        match is_terminal && !is_unwanted && !is_dumb {
            true => Colours::Shown,
            false => Colours::None,
        }
    }

    /// A text in a style.
    pub(crate) fn paint(self, style: Style, text: &str) -> String {
        match self {
            Colours::Shown if style != Style::new() => format!("{style}{text}{style:#}"),
            _ => text.to_owned(),
        }
    }

    /// A text that stands out.
    pub(crate) fn bold(self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    /// A text that stands back.
    pub(crate) fn dim(self, text: &str) -> String {
        self.paint(DIM, text)
    }

    /// The state of a trial or an attempt.
    pub(crate) fn state(self, state: &str) -> String {
        self.paint(state_style(state), state)
    }
}

const DIM: Style = Style::new().dimmed();

/// How the word of a state is painted: also one that more words follow, as in `finished, imported`.
pub(crate) fn state_style(state: &str) -> Style {
    let word = state.split(|it: char| !it.is_alphabetic()).next();
    match word.unwrap_or_default() {
        "finished" => AnsiColor::Green.on_default(),
        "failed" | "diverged" => AnsiColor::Red.on_default(),
        "running" => AnsiColor::Yellow.on_default(),
        "planned" | "pruned" | "interrupted" | "lost" => DIM,
        _ => Style::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_terminals_that_want_them() {
        let word = |text: &'static str| Some(OsStr::new(text));
        for (is_terminal, no_color, term, expected) in [
            (true, None, word("xterm-256color"), Colours::Shown),
            (true, None, None, Colours::Shown),
            (true, word(""), word("xterm"), Colours::Shown),
            (true, word("1"), word("xterm"), Colours::None),
            (true, None, word("dumb"), Colours::None),
            (false, None, word("xterm"), Colours::None),
        ] {
            let found = Colours::where_(is_terminal, no_color, term);
            assert_eq!(found, expected, "{is_terminal} {no_color:?} {term:?}");
        }
    }

    #[test]
    fn texts_are_painted_only_where_colours_are_shown() {
        assert_eq!(Colours::None.state("finished"), "finished");
        assert_eq!(Colours::None.bold("figures"), "figures");
        let painted = Colours::Shown.state("failed");
        assert_eq!(painted, "\u{1b}[31mfailed\u{1b}[0m");
        assert_eq!(Colours::Shown.state("unheard of"), "unheard of");
        assert_eq!(state_style("finished, imported"), state_style("finished"));
    }
}
