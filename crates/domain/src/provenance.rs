//! Where a result comes from: which program trained it, by which command, on which machine.

use serde::{Deserialize, Serialize};

/// How a sweep was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The command, word by word.
    pub command_line: Vec<String>,
    /// The folder that it was given in.
    pub working_folder: String,
    /// What git says of that folder; `None` where there is no git or nothing is committed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub git: Option<GitState>,
    /// Which program.
    pub versions: Versions,
    /// Which machine.
    pub machine: Machine,
}

/// The state of a git working tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitState {
    /// The commit that is checked out, in hexadecimal digits.
    pub commit: String,
    /// Whether anything differs from it, new files included.
    pub dirty: bool,
}

/// The versions that a result may depend on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// Of this program.
    pub fitroom: String,
    /// Of LibTorch.
    pub libtorch: String,
    /// [`crate::TRAINING_SEMANTICS`].
    pub training_semantics: u32,
}

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's name.
    pub cpu: String,
    /// Cores that the process may use.
    pub cores: u32,
    /// Main memory, in bytes.
    pub memory_bytes: u64,
}

/// What an attempt at a trial took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Seconds of processor time; `None` where several trials' threads cannot be told apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_seconds: Option<f64>,
    /// The most memory that the whole process was seen to hold while the attempt ran, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_memory_bytes: Option<u64>,
}
