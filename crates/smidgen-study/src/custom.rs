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

    /// All operators of a recipe as the compiler takes them: of different names, and with one content
    /// for each header.
    pub(crate) fn compile_all(operators: &[Self]) -> Result<Vec<CustomOperator>, Error> {
        let wrong = |text: String| Err(Error::Usage(text));
        for (index, Self { name, header, text, .. }) in operators.iter().enumerate() {
            if text.is_empty() {
                return wrong(format!("custom operator `{name}`: header `{header}` is empty"));
            }
            for earlier in &operators[..index] {
                if earlier.name == *name {
                    return wrong(format!("custom operator `{name}` is defined twice"));
                }
                // Where file names have no case, both would be one file.
                if earlier.header.eq_ignore_ascii_case(header) && earlier.text != *text {
                    let other = &earlier.name;
                    return wrong(format!(
                        "custom operators `{other}` and `{name}` have different headers of the same \
                         name `{header}`"
                    ));
                }
            }
        }
        operators.iter().map(Self::compile).collect()
    }

    /// The operator as the compiler takes it.
    fn compile(&self) -> Result<CustomOperator, Error> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn operator(name: &str, header: &str, text: &str) -> CustomSpec {
        let [name, header, text] = [name, header, text].map(str::to_owned);
        CustomSpec { name, function: "f".to_owned(), header, text, scratch_bytes: 0 }
    }

    fn check(operators: &[CustomSpec], problem: Option<&str>) {
        let error = CustomSpec::compile_all(operators).err().map(|e| e.to_string());
        assert_eq!(error.as_deref(), problem);
    }

    #[test]
    fn operators_may_share_a_header() {
        check(&[operator("A", "a.h", "x"), operator("B", "a.h", "x")], None);
    }

    #[test]
    fn headers_of_one_name_have_one_content() {
        let problem = "custom operators `A` and `B` have different headers of the same name `a.h`";
        check(&[operator("A", "A.h", "x"), operator("B", "a.h", "y")], Some(problem));
    }

    #[test]
    fn operators_have_different_names() {
        let problem = "custom operator `A` is defined twice";
        check(&[operator("A", "a.h", "x"), operator("A", "b.h", "y")], Some(problem));
    }

    #[test]
    fn headers_have_a_content() {
        let problem = "custom operator `A`: header `a.h` is empty";
        check(&[operator("A", "a.h", "")], Some(problem));
    }
}
