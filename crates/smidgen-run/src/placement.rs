//! Which parts of a model are in RAM while it runs.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smidgen_compiler::emit::{Bundle, StepSpec};

use crate::{BuildOptions, Error};

/// Where a model's weights or code are while it runs. What is in RAM is stored in flash as well, and
/// copied once before the first inference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Placement {
    /// In flash.
    #[default]
    Flash,
    /// In RAM.
    Ram,
    /// In RAM if a layer with one of these names uses it, else in flash.
    Layers(Vec<String>),
}

impl Serialize for Placement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Flash => serializer.serialize_str("flash"),
            Self::Ram => serializer.serialize_str("ram"),
            Self::Layers(names) => names.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Placement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PlacementVisitor)
    }
}

struct PlacementVisitor;

impl<'de> Visitor<'de> for PlacementVisitor {
    type Value = Placement;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`flash`, `ram`, or a list of layer names")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Placement, E> {
        match text {
            "flash" => Ok(Placement::Flash),
            "ram" => Ok(Placement::Ram),
            _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<Placement, A::Error> {
        let mut layers = Vec::new();
        while let Some(name) = names.next_element()? {
            layers.push(name);
        }
        Ok(Placement::Layers(layers))
    }
}

impl Placement {
    /// The steps whose parts are in RAM.
    fn steps<'a>(&self, steps: &'a [StepSpec]) -> Result<Vec<&'a StepSpec>, Error> {
        match self {
            Self::Flash => Ok(Vec::new()),
            Self::Ram => Ok(steps.iter().collect()),
            Self::Layers(names) => {
                let unknown = |name: &&String| !steps.iter().any(|step| step.name == **name);
                if let Some(name) = names.iter().find(unknown) {
                    return Err(Error::UnknownLayer { layer: name.clone() });
                }
                Ok(steps.iter().filter(|step| names.contains(&step.name)).collect())
            }
        }
    }
}

/// C symbols that the linker places in RAM.
#[derive(Debug, Default)]
pub(crate) struct Placed {
    /// Functions.
    pub(crate) code: BTreeSet<String>,
    /// Constant arrays.
    pub(crate) constants: BTreeSet<String>,
}

impl Placed {
    /// The symbols of `bundle` that `options` place in RAM.
    pub(crate) fn new(bundle: &Bundle, options: &BuildOptions) -> Result<Self, Error> {
        let steps = &bundle.manifest.steps;
        let mut placed = Self::default();
        for step in options.weights.steps(steps)? {
            placed.constants.extend(step.constants.iter().cloned());
        }
        for step in options.code.steps(steps)? {
            placed.code.insert(step.function.clone());
            placed.code.extend(step.kernels.iter().cloned());
        }
        if options.code == Placement::Ram {
            placed.code.insert(format!("{}_run", bundle.name));
        }
        Ok(placed)
    }

    /// Whether the symbol is placed in RAM.
    pub(crate) fn contains(&self, symbol: &str) -> bool {
        self.code.contains(symbol) || self.constants.contains(symbol)
    }

    /// Sections of the linker script, for GCC's names of sections: one per function or variable.
    pub(crate) fn sections(&self) -> String {
        let code = |name: &String| format!(".text.{name} .text.{name}.*");
        let constant = |name: &String| format!(".rodata.{name} .srodata.{name}");
        [
            section(CODE_SECTION, self.code.iter().map(code)),
            section(WEIGHTS_SECTION, self.constants.iter().map(constant)),
        ]
        .concat()
    }
}

/// The section of code that is in RAM.
pub(crate) const CODE_SECTION: &str = ".model_code";
/// The section of constants that are in RAM.
pub(crate) const WEIGHTS_SECTION: &str = ".model_weights";

/// One section, whose load image must follow that of the section before as the section itself does.
fn section(name: &str, patterns: impl Iterator<Item = String>) -> String {
    let patterns: Vec<_> = patterns.collect();
    if patterns.is_empty() {
        return String::new();
    }
    let patterns = patterns.join("\n      ");
    format!(
        "  {name} : ALIGN_WITH_INPUT {{\n    *({patterns})\n    . = ALIGN(4);\n  }} > DATA AT > CODE\n  \
         ASSERT(LOADADDR({name}) - LOADADDR(.data) == ADDR({name}) - ADDR(.data),\n    \
         \"the load image has a gap before {name}\")\n\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Text {
        weights: Placement,
    }

    fn check(json: &str, expected: &Placement) {
        let text: Text = serde_json::from_str(&format!("{{\"weights\": {json}}}")).unwrap();
        assert_eq!(text.weights, *expected);
        assert_eq!(serde_json::to_string(expected).unwrap(), json);
    }

    #[test]
    fn placements_are_words_or_lists() {
        check("\"flash\"", &Placement::Flash);
        check("\"ram\"", &Placement::Ram);
        check("[\"a\",\"b\"]", &Placement::Layers(vec!["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn other_words_are_refused() {
        let error = serde_json::from_str::<Text>("{\"weights\": \"itcm\"}").unwrap_err();
        let expected = "expected `flash`, `ram`, or a list of layer names";
        assert!(error.to_string().contains(expected), "{error}");
    }
}
