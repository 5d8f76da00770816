//! Operators outside the format whose C the user supplies. smidgen knows nothing of what they compute.

use super::export::{Layer, Operator, Written};
use super::{Arg, CArray, COMMON, Call, Constant, Lowered, Lowering, Site, Source};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::{DType, Shape, TensorType};

/// The C of a custom operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomOperator {
    name: &'static str,
    function: &'static str,
    source: Source,
    scratch_bytes: usize,
}

/// What an evaluation counts as: the reference starts a process for it.
pub(super) const WORK: u64 = 1 << 20;

/// Most bytes of scratch memory.
const MAX_SCRATCH_BYTES: usize = 1 << 26;

/// Why C cannot stand for a custom operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CustomError {
    /// The name of the operator is empty or no printable ASCII.
    #[error("`{0}` is no name of an operator: it must be printable ASCII and not empty")]
    Name(String),
    /// The name of the function is no C identifier.
    #[error("`{0}` is no C identifier; name the function of the header that computes the operator")]
    Function(String),
    /// The name of the file could be mistaken for one of smidgen's.
    #[error(
        "`{0}` cannot be the header's name: it must be letters, digits, `_` and `-`, end in `.h` and \
         not start with `smidgen_` or `model`"
    )]
    File(String),
    /// Too much scratch memory.
    #[error("{0} bytes of scratch memory exceed the limit of {MAX_SCRATCH_BYTES}")]
    Scratch(usize),
}

impl CustomOperator {
    /// Checks the parts. `name` is the operator's in models; `function` is defined in the header
    /// `file` with content `text`. The strings are kept for the rest of the program's life.
    pub fn new(
        name: &str,
        function: &str,
        (file, text): (&str, &str),
        scratch_bytes: usize,
    ) -> Result<Self, CustomError> {
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
            return Err(CustomError::Name(name.to_owned()));
        }
        let word = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let starts = function.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if !starts || !word(function) {
            return Err(CustomError::Function(function.to_owned()));
        }
        let stem = file.strip_suffix(".h").map(|stem| stem.replace('-', "_"));
        let free = |stem: &String| {
            !stem.is_empty()
                && word(stem)
                && !stem.starts_with("smidgen_")
                && !stem.starts_with("model")
        };
        if !stem.as_ref().is_some_and(free) {
            return Err(CustomError::File(file.to_owned()));
        }
        if scratch_bytes > MAX_SCRATCH_BYTES {
            return Err(CustomError::Scratch(scratch_bytes));
        }
        let keep = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
        let source = Source { file: keep(file), text: keep(text) };
        Ok(Self { name: keep(name), function: keep(function), source, scratch_bytes })
    }

    /// The operator's name in models.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// A custom operator at one place of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Custom {
    /// Its C.
    pub operator: CustomOperator,
    /// Types of the outputs, as the model declares them.
    pub results: Vec<(DType, Shape)>,
    /// The options in the model, in whatever format its author chose.
    pub options: Vec<u8>,
}

impl Custom {
    /// The layer of a TFLite file.
    pub(super) fn to_tflite(&self, site: &Site) -> Written {
        Written::Layer(Layer {
            operator: Operator::Custom(self.operator.name()),
            custom_options: self.options.clone(),
            ..Layer::new(BuiltinOperator::Custom, site)
        })
    }

    /// Code: a call with pointers to the inputs, to the outputs, and to what is known of them.
    pub(super) fn lower(&self, site: &Site) -> Lowering {
        let types: Vec<&TensorType> =
            site.inputs.iter().map(|input| input.ty).chain(site.outputs.iter().copied()).collect();
        let whole = |ty: &&TensorType| ty.quant.whole().unwrap_or((0.0, 0));
        let mut shapes = Vec::new();
        for ty in &types {
            shapes.push(ty.shape.rank() as i32);
            shapes.extend(ty.shape.dims().iter().map(|&dim| dim as i32));
        }
        // C knows no empty arrays.
        let options = if self.options.is_empty() { vec![0] } else { self.options.clone() };
        let constant = |name, data| Constant { name, is_weight: false, data };
        let constants = vec![
            constant("shapes", CArray::I32(shapes)),
            constant("scales", CArray::F32(types.iter().map(|ty| whole(ty).0).collect())),
            constant("zero_points", CArray::I32(types.iter().map(|ty| whole(ty).1).collect())),
            constant("options", CArray::U8(options)),
        ];
        let mut args: Vec<(&'static str, Arg)> = Vec::new();
        args.extend((0..site.inputs.len()).map(|at| ("input", Arg::Input(at))));
        args.extend((0..site.outputs.len()).map(|at| ("output", Arg::Output(at))));
        let names = ["shapes", "scales", "zero_points", "options"];
        args.extend(names.into_iter().enumerate().map(|(at, name)| (name, Arg::Constant(at))));
        args.push(("option_bytes", Arg::size(self.options.len())));
        args.push(("scratch", Arg::Scratch));
        Lowering::Code(Lowered {
            sources: vec![COMMON, self.operator.source],
            constants,
            scratch_bytes: self.operator.scratch_bytes.max(1),
            in_place: vec![],
            calls: vec![Call { function: self.operator.function, args }],
        })
    }
}
