//! Operators that move elements and compute nothing: each is a list of [`Transfer`]s, from which
//! both the reference and the C code follow.

pub(in crate::ops) mod cases;
pub(in crate::ops) mod index;
mod lowering;
pub(in crate::ops) mod placed;

pub(in crate::ops) use lowering::{lower, lower_as_code, unit};

use crate::for_each_dtype;
use crate::ops::{OpError, Site};
use crate::tensor::{DType, Data, Element, Quant, Shape};

/// Element types that can be moved: all.
pub(in crate::ops) const TYPES: &[DType] =
    &[DType::I8, DType::I16, DType::I32, DType::I64, DType::F32, DType::Bool, DType::U8];

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
    /// Output `.0` from element `.1` on, which an earlier transfer has written.
    Output(usize, usize),
    /// Elements known at compile time, from the first on; if it is one, the loops' `from` is 0.
    Data(Data),
}

/// One loop of a [`Transfer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ops) struct Loop {
    /// How often it runs, at least once.
    pub count: usize,
    /// Step in the source; a negative one goes backwards.
    pub from: isize,
    /// Step in the output.
    pub to: usize,
}

impl Loop {
    /// A loop that goes forwards.
    pub(in crate::ops) fn new(count: usize, from: usize, to: usize) -> Self {
        Self { count, from: step(from), to }
    }
}

/// A step forwards.
pub(in crate::ops) fn step(elements: usize) -> isize {
    isize::try_from(elements).expect("the number of elements is limited")
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
        let loops = steps.map(|((&count, &from), &to)| Loop::new(count, from, to)).collect();
        Self { source: Origin::Input(input, from_first), output, first, loops }
    }

    /// Fills `elements` places from the start of output `output` on with the one element `value`.
    pub(in crate::ops) fn fill(value: Data, output: usize, elements: usize) -> Self {
        let loops = vec![Loop::new(elements, 0, 1)];
        Self { source: Origin::Data(value), output, first: 0, loops }
    }

    /// Writes known elements as the whole of output `output`.
    pub(in crate::ops) fn known(data: Data, output: usize) -> Self {
        let loops = vec![Loop::new(data.len(), usize::from(data.len() > 1), 1)];
        Self { source: Origin::Data(data), output, first: 0, loops }
    }

    /// Copies the whole of input `input` to the start of output `output`.
    pub(in crate::ops) fn whole(input: usize, output: usize, elements: usize) -> Self {
        Self::copy(&[elements], (input, 0, &[1]), (output, 0, &[1]))
    }
}

/// Requires one element type among `types` throughout, and quantised tensors that all mean the
/// same.
pub(in crate::ops) fn check(site: &Site, types: &[DType]) -> Result<(), OpError> {
    check_first(site, types, site.inputs.len())
}

/// The same where `moved` inputs hold what is moved; those after them say where to.
pub(in crate::ops) fn check_first(
    site: &Site,
    types: &[DType],
    moved: usize,
) -> Result<(), OpError> {
    let inputs = site.inputs.iter().take(moved).copied().collect();
    let moving = Site { inputs, outputs: site.outputs.clone() };
    if !matches!(moving.same_dtype(types)?, DType::I8 | DType::I16) {
        return Ok(());
    }
    let first = moving.input(0);
    let inputs = moving.inputs.iter().enumerate().map(|(i, x)| (format!("input {i}"), x.ty));
    let outputs = moving.outputs.iter().enumerate().map(|(i, &ty)| (format!("output {i}"), ty));
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

/// A shape given as a list of numbers.
pub(in crate::ops) fn listed(numbers: &[i64]) -> Result<Shape, OpError> {
    let dims: Option<Vec<usize>> = numbers.iter().map(|&dim| usize::try_from(dim).ok()).collect();
    let dims = dims.ok_or_else(|| {
        OpError::inconsistent(format!("the output cannot have the shape {numbers:?}"))
    })?;
    shape(dims)
}

/// The dimensions of `shape` with elements added before and after along each axis.
pub(in crate::ops) fn padded(shape: &Shape, amounts: &[[usize; 2]]) -> Result<Vec<usize>, OpError> {
    if amounts.len() != shape.rank() {
        let (axes, rank) = (amounts.len(), shape.rank());
        return Err(OpError::inconsistent(format!("pads {axes} axes, the input has {rank}")));
    }
    let padded = |(&dim, &[before, after]): (&usize, &[usize; 2])| {
        dim.saturating_add(before).saturating_add(after)
    };
    Ok(shape.dims().iter().zip(amounts).map(padded).collect())
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

/// The reference of movements by indices: the rows of `length` elements of `source` that begin at
/// `starts`, one after the other.
pub(in crate::ops) fn rows(
    source: &Data,
    starts: impl Iterator<Item = usize>,
    length: usize,
) -> Data {
    fn typed<T: Element>(source: &[T], starts: impl Iterator<Item = usize>, length: usize) -> Data {
        T::data(starts.flat_map(|start| &source[start..start + length]).copied().collect())
    }
    for_each_dtype!(source, elements => typed(elements, starts, length))
}

fn eval_typed<T: Element>(transfers: &[Transfer], site: &Site, inputs: &[&Data]) -> Vec<Data> {
    let mut outputs: Vec<Vec<T>> =
        site.outputs.iter().map(|ty| vec![T::default(); ty.shape.elements()]).collect();
    for transfer in transfers {
        let written;
        let (source, first) = match &transfer.source {
            Origin::Input(input, first) => (inputs[*input].get::<T>(), *first),
            Origin::Output(output, first) => {
                written = outputs[*output].clone();
                (&written[..], *first)
            }
            Origin::Data(data) => (data.get::<T>(), 0),
        };
        run(&transfer.loops, source, step(first), &mut outputs[transfer.output], transfer.first);
    }
    outputs.into_iter().map(T::data).collect()
}

fn run<T: Element>(loops: &[Loop], source: &[T], from: isize, target: &mut [T], to: usize) {
    let Some((outer, inner)) = loops.split_first() else {
        target[to] = source[from.cast_unsigned()];
        return;
    };
    for i in 0..outer.count {
        run(inner, source, from + step(i) * outer.from, target, to + i * outer.to);
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
