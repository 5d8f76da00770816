//! Toolchains that build firmware and runners that execute it.

pub mod plugin;
