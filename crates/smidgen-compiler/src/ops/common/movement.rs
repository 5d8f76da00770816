//! Operators that move elements and compute nothing: each is a list of [`Transfer`]s, from which
//! both the reference and the C code follow.

pub(in crate::ops) mod cases;
mod lowering;

pub(in crate::ops) use lowering::{lower, lower_as_code};

use crate::ops::{OpError, Site};
use crate::tensor::{DType, Data, Element, Quant, Shape};

/// A box of elements that is copied or filled. All places and steps count elements.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::ops) struct Transfer {
    /// What is read.
    pub source: Origin,
    /// The output that is written.
    pub output: usize,
    /// Its first element that is written.
    pub first: usize,
    /// Loops, outermost first; at most as many as a shape has dimensions.
    pub loops: Vec<Loop>,
}

/// What a [`Transfer`] reads.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::ops) enum Origin {
    /// Input `.0` from element `.1` on.
    Input(usize, usize),
    /// One element, again and again; the loops' `from` is 0.
    Value(Data),
}

/// One loop of a [`Transfer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ops) struct Loop {
    /// How often it runs, at least once.
    pub count: usize,
    /// Step in the source.
    pub from: usize,
    /// Step in the output.
    pub to: usize,
}

impl Transfer {
    /// Copies a box of `dims` elements from `input` to `output`, which are each given by position,
    /// first element and the steps along the box's axes.
    pub(in crate::ops) fn copy(
        dims: &[usize],
        (input, from_first, from): (usize, usize, &[usize]),
        (output, first, to): (usize, usize, &[usize]),
    ) -> Self {
        let steps = dims.iter().zip(from).zip(to);
        let loops = steps.map(|((&count, &from), &to)| Loop { count, from, to }).collect();
        Self { source: Origin::Input(input, from_first), output, first, loops }
    }

    /// Copies the whole of input `input` to the start of output `output`.
    pub(in crate::ops) fn whole(input: usize, output: usize, elements: usize) -> Self {
        Self::copy(&[elements], (input, 0, &[1]), (output, 0, &[1]))
    }
}

/// Requires one element type among `types` throughout, and int8 tensors that all mean the same.
pub(in crate::ops) fn check(site: &Site, types: &[DType]) -> Result<(), OpError> {
    if site.same_dtype(types)? != DType::I8 {
        return Ok(());
    }
    let first = site.input(0);
    let inputs = site.inputs.iter().enumerate().map(|(i, x)| (format!("input {i}"), x.ty));
    let outputs = site.outputs.iter().enumerate().map(|(i, &ty)| (format!("output {i}"), ty));
    for (place, ty) in inputs.chain(outputs) {
        if matches!(ty.quant, Quant::PerAxis { .. }) {
            return Err(OpError::unsupported(format!("{place} has one scale per channel"))
                .hint("quantise activations per tensor"));
        }
        if ty.quant != first.quant {
            return Err(OpError::inconsistent(format!(
                "elements are moved as they are, but input 0 is{} and {place} is{}",
                described(&first.quant),
                described(&ty.quant)
            ))
            .hint("convert the model so that these tensors share scale and zero point"));
        }
    }
    Ok(())
}

fn described(quant: &Quant) -> String {
    if *quant == Quant::None { " not quantised".to_owned() } else { quant.to_string() }
}

/// A shape of an output.
pub(in crate::ops) fn shape(dims: Vec<usize>) -> Result<Shape, OpError> {
    Shape::new(dims).map_err(|error| OpError::inconsistent(format!("the output: {error}")))
}

/// The reference: makes the transfers, which write every element of every output.
pub(in crate::ops) fn eval(transfers: &[Transfer], site: &Site, inputs: &[&Data]) -> Vec<Data> {
    match site.output(0).dtype {
        DType::I8 => eval_typed::<i8>(transfers, site, inputs),
        DType::U8 => eval_typed::<u8>(transfers, site, inputs),
        DType::I16 => eval_typed::<i16>(transfers, site, inputs),
        DType::I32 => eval_typed::<i32>(transfers, site, inputs),
        DType::I64 => eval_typed::<i64>(transfers, site, inputs),
        DType::F32 => eval_typed::<f32>(transfers, site, inputs),
        DType::Bool => eval_typed::<bool>(transfers, site, inputs),
    }
}

fn eval_typed<T: Element>(transfers: &[Transfer], site: &Site, inputs: &[&Data]) -> Vec<Data> {
    let mut outputs: Vec<Vec<T>> =
        site.outputs.iter().map(|ty| vec![T::default(); ty.shape.elements()]).collect();
    for transfer in transfers {
        let (source, first) = match &transfer.source {
            Origin::Input(input, first) => (inputs[*input], *first),
            Origin::Value(value) => (value, 0),
        };
        let target = &mut outputs[transfer.output];
        run(&transfer.loops, source.get::<T>(), first, target, transfer.first);
    }
    outputs.into_iter().map(T::data).collect()
}

fn run<T: Element>(loops: &[Loop], source: &[T], from: usize, target: &mut [T], to: usize) {
    let Some((outer, inner)) = loops.split_first() else {
        target[to] = source[from];
        return;
    };
    for i in 0..outer.count {
        run(inner, source, from + i * outer.from, target, to + i * outer.to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::Operand;
    use crate::ops::case::{int8, plain};
    use crate::tensor::TensorType;

    /// The problem of a movement from `input` to `output`.
    fn check(input: &TensorType, output: &TensorType) -> Option<String> {
        let inputs = vec![Operand { ty: input, constant: None }];
        let site = Site { inputs, outputs: vec![output] };
        super::check(&site, &[DType::I8, DType::F32]).err().map(|error| error.text)
    }

    #[test]
    fn equal_types_pass() {
        assert_eq!(check(&int8(&[2], 0.5, 1), &int8(&[2], 0.5, 1)), None);
        assert_eq!(check(&plain(DType::F32, &[2]), &plain(DType::F32, &[2])), None);
    }

    #[test]
    fn int8_must_mean_the_same_everywhere() {
        let text = check(&int8(&[2], 0.5, 1), &int8(&[2], 0.5, 2)).unwrap();
        assert!(text.contains("q(0.5, 1)") && text.contains("q(0.5, 2)"), "{text}");
        assert!(check(&int8(&[2], 0.5, 1), &plain(DType::I8, &[2])).is_some());
    }

    #[test]
    fn scales_per_channel_cannot_move() {
        let quant = Quant::per_axis(0, vec![0.5, 0.25]).unwrap();
        let ty = TensorType { quant, ..plain(DType::I8, &[2]) };
        assert!(check(&ty, &ty).unwrap().contains("per channel"));
    }

    #[test]
    fn other_element_types_are_refused() {
        assert!(check(&plain(DType::Bool, &[2]), &plain(DType::Bool, &[2])).is_some());
        assert!(check(&plain(DType::F32, &[2]), &plain(DType::I8, &[2])).is_some());
    }
}
