//! Cores, chips, boards and toolchains as data.
