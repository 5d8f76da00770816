//! Custom operators: what a user says of the C that computes them, and how the reference gets at it.

use crate::error::file_error;
use crate::workbench::split;
use crate::{Error, Recipe, Workbench};
use serde::{Deserialize, Serialize};
use smidgen_compiler::compile;
use smidgen_compiler::graph::{Graph, Node};
use smidgen_compiler::ops::CustomOperator;
use smidgen_compiler::tensor::Data;
use smidgen_run::{Mode, Request};
use std::path::Path;

/// The C of a custom operator, as a recipe holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomSpec {
    /// Name of the operator in models.
    pub name: String,
    /// The function of the header that computes it.
    pub function: String,
    /// File name of the header.
    pub header: String,
    /// Content of the header; read from the file where a list of operators is loaded.
    #[serde(default)]
    pub text: String,
    /// Bytes of scratch memory that the function needs.
    #[serde(default)]
    pub scratch_bytes: usize,
}

/// A file that lists custom operators.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomFile {
    operator: Vec<CustomSpec>,
}

impl CustomSpec {
    /// Reads a list of operators from a TOML file, with the headers that it names, which lie beside
    /// it.
    pub fn load(path: &Path) -> Result<Vec<Self>, Error> {
        let text = std::fs::read_to_string(path).map_err(|e| file_error("read", path, e))?;
        let wrong = |text: String| Error::Usage(format!("`{}`: {text}", path.display()));
        let file: CustomFile = toml::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        let mut operators = file.operator;
        for operator in &mut operators {
            // Before the file is looked for: a name with a path in it is none.
            operator.compile().map_err(|e| wrong(e.to_string()))?;
            let header = path.with_file_name(&operator.header);
            operator.text =
                std::fs::read_to_string(&header).map_err(|e| file_error("read", &header, e))?;
        }
        Ok(operators)
    }

    /// The operator as the compiler takes it.
    pub(crate) fn compile(&self) -> Result<CustomOperator, Error> {
        let Self { name, function, header, text, scratch_bytes } = self;
        CustomOperator::new(name, function, (header, text), *scratch_bytes)
            .map_err(|e| Error::Usage(format!("custom operator `{name}`: {e}")))
    }
}

impl Workbench {
    /// Computes a node whose operator is the user's own: by its C, on this machine.
    pub(crate) fn run_custom(
        &self,
        graph: &Graph,
        node: &Node,
        inputs: &[&Data],
    ) -> Result<Vec<Data>, Error> {
        let host = self.board("host")?;
        let recipe = Recipe::default();
        let compiled = compile(graph.of_node(node), &host.core.features, recipe.planner()?)
            .map_err(|problems| Error::Model { name: node.name.clone(), problems })?;
        let image = self.build(&compiled, host, &recipe, Mode::Inference)?;
        let bytes = inputs.iter().flat_map(|data| data.to_le_bytes()).collect();
        let capture = self.runner(host)?.run(&image, &Request::new(vec![bytes]))?;
        Ok(split(&compiled.bundle.manifest.outputs, &capture.outputs[0]))
    }
}
