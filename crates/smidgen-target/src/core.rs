//! Processor cores: instruction set, features, compiler.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Pipeline;

/// A processor core, as far as a compiler for it must know.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Core {
    /// Name, such as `cortex-m4`.
    pub name: String,
    /// One line for people.
    pub description: String,
    /// Instruction set.
    pub isa: Isa,
    /// What the core can do beyond the least of its instruction set.
    pub features: Features,
    /// The compiler that builds for it; `None` where there is none.
    pub toolchain: Option<ToolchainId>,
    /// Options that select the core, understood by GCC and Clang alike.
    pub flags: Vec<String>,
    /// Name of the emulated board whose machine runs this core's code, where there is one.
    pub emulated_on: Option<String>,
    /// What its instructions cost; cores without are not priced.
    #[serde(skip)]
    pub pipeline: Option<Arc<Pipeline>>,
}

/// Instruction sets, without the extensions that [`Feature`] names.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Isa {
    /// Cortex-M0, M0+ and M1.
    #[serde(rename = "armv6-m")]
    ArmV6M,
    /// Cortex-M3.
    #[serde(rename = "armv7-m")]
    ArmV7M,
    /// Cortex-M4 and M7.
    #[serde(rename = "armv7e-m")]
    ArmV7EM,
    /// Cortex-M33 and M35P.
    #[serde(rename = "armv8-m.main")]
    ArmV8MMain,
    /// Cortex-M52, M55 and M85.
    #[serde(rename = "armv8.1-m.main")]
    ArmV81MMain,
    /// RISC-V, 32 bits: integers, multiplication, compressed instructions.
    Rv32imc,
    /// [`Isa::Rv32imc`] with atomics.
    Rv32imac,
    /// [`Isa::Rv32imac`] with single-precision floating point.
    Rv32imafc,
    /// RISC-V, 32 bits, 16 registers: integers, compressed instructions, no multiplication.
    Rv32ec,
    /// Tensilica Xtensa, as in the ESP32 and the ESP32-S3.
    Xtensa,
    /// Whatever this program runs on.
    Host,
}

impl Isa {
    /// Whether this is an Arm M-profile instruction set.
    pub fn is_arm(self) -> bool {
        matches!(
            self,
            Self::ArmV6M | Self::ArmV7M | Self::ArmV7EM | Self::ArmV8MMain | Self::ArmV81MMain
        )
    }

    /// Whether this is a 32-bit RISC-V instruction set.
    pub fn is_riscv(self) -> bool {
        matches!(self, Self::Rv32imc | Self::Rv32imac | Self::Rv32imafc | Self::Rv32ec)
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ArmV6M => "armv6-m",
            Self::ArmV7M => "armv7-m",
            Self::ArmV7EM => "armv7e-m",
            Self::ArmV8MMain => "armv8-m.main",
            Self::ArmV81MMain => "armv8.1-m.main",
            Self::Rv32imc => "rv32imc",
            Self::Rv32imac => "rv32imac",
            Self::Rv32imafc => "rv32imafc",
            Self::Rv32ec => "rv32ec",
            Self::Xtensa => "xtensa",
            Self::Host => "host",
        })
    }
}

/// One thing that a core may be able to do.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// The Arm DSP extension: two 16-bit multiplications per instruction.
    Dsp,
    /// Floating point in hardware, 32 bits.
    FpuSingle,
    /// Floating point in hardware, 64 bits.
    FpuDouble,
    /// The Arm M-profile vector extension (Helium), integers and floats.
    Mve,
    /// Loads and stores need no alignment.
    MisalignedAccess,
}

impl Feature {
    /// The name in target files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dsp => "dsp",
            Self::FpuSingle => "fpu-single",
            Self::FpuDouble => "fpu-double",
            Self::Mve => "mve",
            Self::MisalignedAccess => "misaligned-access",
        }
    }
}

/// The set of features that a core has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Features(BTreeSet<Feature>);

impl Features {
    /// Whether the core has `feature`.
    pub fn contains(&self, feature: Feature) -> bool {
        self.0.contains(&feature)
    }

    /// Whether the core has all of `needed`.
    pub fn contains_all(&self, needed: &[Feature]) -> bool {
        needed.iter().all(|feature| self.contains(*feature))
    }

    /// The features in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = Feature> {
        self.0.iter().copied()
    }
}

impl FromIterator<Feature> for Features {
    fn from_iter<I: IntoIterator<Item = Feature>>(features: I) -> Self {
        Self(features.into_iter().collect())
    }
}

/// The compilers that cores are built with, by the name of their program.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum ToolchainId {
    /// GCC for bare-metal Arm.
    #[serde(rename = "arm-none-eabi-gcc")]
    ArmGcc,
    /// GCC for bare-metal RISC-V, both word sizes.
    #[serde(rename = "riscv64-unknown-elf-gcc")]
    RiscvGcc,
    /// The C compiler of this computer.
    #[serde(rename = "cc")]
    Host,
}

impl ToolchainId {
    /// The program that compiles and links.
    pub fn program(self) -> &'static str {
        match self {
            Self::ArmGcc => "arm-none-eabi-gcc",
            Self::RiscvGcc => "riscv64-unknown-elf-gcc",
            Self::Host => "cc",
        }
    }
}
