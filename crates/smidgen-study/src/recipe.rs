//! Everything about a compilation that a user may choose, as one value.

use crate::Error;
use crate::custom::CustomSpec;
use crate::error::file_error;
use serde::{Deserialize, Serialize};
use smidgen_compiler::passes::{self, Pass};
use smidgen_compiler::plan::{self, Planner};
use smidgen_compiler::tensor::Rounding;
use smidgen_run::{BuildOptions, Mode, Optimisation, Placement};
use smidgen_target::Features;
use std::collections::BTreeMap;
use std::path::Path;

/// A compile configuration; equal recipes and models give equal code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recipe {
    /// Whose integer results are the contract; by default those of the file format's own interpreter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounding: Option<Rounding>,
    /// Optimisation level of the C compiler.
    pub opt: Optimisation,
    /// Where weights and tables are: `flash`, `ram`, or a list of the layers whose are in RAM.
    pub weights: Placement,
    /// Where code is, likewise.
    pub code: Placement,
    /// Which kernels may be chosen.
    pub kernels: Kernels,
    /// Name of the memory planner.
    pub planner: String,
    /// Names of graph passes that are left out.
    pub disabled_passes: Vec<String>,
    /// C of operators outside the formats.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub customs: Vec<CustomSpec>,
    /// Dimensions of inputs that an ONNX model leaves open, by the input's name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub shapes: BTreeMap<String, Vec<usize>>,
    /// Inputs of an ONNX model that keep what an output has given for the next inference, with the
    /// output's name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub states: BTreeMap<String, String>,
    /// Whether an ONNX model's inputs and outputs with four axes get their channels last.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub channels_last: bool,
}

/// Which kernels may be chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kernels {
    /// The fastest that the core can run.
    #[default]
    Best,
    /// Those that run on every core: plain C, as a system without kernels of its own would give.
    Portable,
}

impl Kernels {
    /// What kernels may ask of a core that has `features`.
    pub(crate) fn allowed(self, features: &Features) -> Features {
        match self {
            Self::Best => features.clone(),
            Self::Portable => Features::default(),
        }
    }
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            rounding: None,
            opt: BuildOptions::default().optimisation,
            weights: Placement::default(),
            code: Placement::default(),
            kernels: Kernels::default(),
            planner: plan::ALL[0].name().to_string(),
            disabled_passes: Vec::new(),
            customs: Vec::new(),
            shapes: BTreeMap::new(),
            states: BTreeMap::new(),
            channels_last: false,
        }
    }
}

impl Recipe {
    /// Reads a recipe from a TOML file; what the file leaves out has its default.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|e| file_error("read", path, e))?;
        let recipe: Self = toml::from_str(&text)
            .map_err(|e| Error::Usage(format!("recipe `{}`: {e}", path.display())))?;
        recipe.check()?;
        Ok(recipe)
    }

    /// Rejects names that nothing has.
    pub fn check(&self) -> Result<(), Error> {
        self.planner()?;
        self.passes().map(|_| ())
    }

    /// The same for a model that states all its shapes.
    #[must_use]
    pub fn without_shapes(&self) -> Self {
        Self { shapes: BTreeMap::new(), ..self.clone() }
    }

    /// How to build what the recipe describes.
    pub fn build_options(&self, mode: Mode) -> BuildOptions {
        BuildOptions {
            optimisation: self.opt,
            mode,
            weights: self.weights.clone(),
            code: self.code.clone(),
            ..BuildOptions::default()
        }
    }

    /// The graph passes that the recipe leaves on.
    pub fn passes(&self) -> Result<Vec<&'static dyn Pass>, Error> {
        let known = |name: &String| passes::ALL.iter().any(|pass| pass.name() == name);
        if let Some(name) = self.disabled_passes.iter().find(|name| !known(name)) {
            let names: Vec<_> = passes::ALL.iter().map(|pass| pass.name()).collect();
            let names = names.join(", ");
            return Err(Error::Usage(format!("pass `{name}` is unknown; there are {names}")));
        }
        let enabled = |pass: &&&dyn Pass| !self.disabled_passes.iter().any(|n| n == pass.name());
        Ok(passes::ALL.iter().filter(enabled).copied().collect())
    }

    /// The planner that the recipe names.
    pub fn planner(&self) -> Result<&'static dyn Planner, Error> {
        let found = plan::ALL.iter().find(|planner| planner.name() == self.planner);
        found.copied().ok_or_else(|| {
            let names: Vec<_> = plan::ALL.iter().map(|planner| planner.name()).collect();
            Error::Usage(format!(
                "planner `{}` is unknown; there are {}",
                self.planner,
                names.join(", ")
            ))
        })
    }
}
