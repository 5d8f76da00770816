//! Elements written where indices say, which have to be constant.

use super::activation::only;
use super::build::shape;
use super::{Build, Row, Term, row};
use crate::ops::OpError;
use crate::ops::concatenation::Concatenation;
use crate::ops::gather::Gather;
use crate::ops::import::axis;
use crate::tensor::{Data, Shape};

type Outputs = Result<Vec<Term>, OpError>;
type Join = fn(&mut Build<'_>, Term, Term) -> Result<Term, OpError>;

pub(super) const ROWS: &[Row] = &[
    row("Scatter", scatter_elements),
    row("ScatterElements", scatter_elements),
    row("ScatterND", scatter_nd),
];

/// What becomes of an element and its update; `None` if the update replaces it.
fn reduction(b: &Build) -> Result<Option<Join>, OpError> {
    let known: [(&str, Option<Join>); 5] = [
        ("none", None),
        ("add", Some(|b, x, y| b.add(x, y))),
        ("mul", Some(|b, x, y| b.multiply(x, y))),
        ("max", Some(|b, x, y| b.greatest(x, y))),
        ("min", Some(|b, x, y| b.least(x, y))),
    ];
    b.layer.choice("reduction", "none", &known)
}

fn scatter_elements(b: &mut Build) -> Outputs {
    let (x, indices, updates) = (b.input(0)?, b.input(1)?, b.input(2)?);
    let axis = axis(b.layer.integer("axis")?.unwrap_or(0), b.dims(x).len())?;
    let places = super::movement::places(b, x, indices, axis)?;
    let places = b.constant(places).and_then(Data::integers).ok_or_else(computed)?;
    let places = places.iter().map(|&place| usize::try_from(place)).collect::<Result<Vec<_>, _>>();
    let places = places.map_err(|_| OpError::inconsistent("an index lies outside its axis"))?;
    scatter(b, x, &places, updates)
}

fn scatter_nd(b: &mut Build) -> Outputs {
    let (x, updates) = (b.input(0)?, b.input(2)?);
    let list = b.integers(1)?;
    let (shape, index_dims) = (b.ty(x).shape.clone(), b.dims(b.input(1)?));
    let depth = index_dims.last().copied().unwrap_or(0);
    if depth == 0 || depth > shape.rank() {
        return Err(OpError::inconsistent("the indices have more numbers than there are axes"));
    }
    let strides = shape.strides();
    let length = strides[depth - 1];
    let mut places = Vec::new();
    for numbers in list.chunks(depth) {
        let mut start = 0;
        for (at, &number) in numbers.iter().enumerate() {
            let place = if number < 0 { number + shape[at] as i64 } else { number };
            let place = usize::try_from(place).ok().filter(|&place| place < shape[at]);
            let text = "an index lies outside its axis";
            start += place.ok_or_else(|| OpError::inconsistent(text))? * strides[at];
        }
        places.extend(start..start + length);
    }
    scatter(b, x, &places, updates)
}

fn computed() -> OpError {
    OpError::unsupported("the indices must be constant, but they are computed")
}

/// `x` with update `i` at place `places[i]`: in rounds, of which each has at most one update per
/// place. A round gathers its updates and what stays from both tensors in a row.
fn scatter(b: &mut Build, x: Term, places: &[usize], updates: Term) -> Outputs {
    let whole = b.ty(x).shape.clone();
    let (elements, count) = (whole.elements(), b.ty(updates).shape.elements());
    if places.len() != count || places.iter().any(|&place| place >= elements) {
        return Err(OpError::inconsistent("indices and updates do not fit the tensor"));
    }
    let reduction = reduction(b)?;
    let updates = b.reshape(updates, [count])?;
    let mut result = b.reshape(x, [elements])?;
    let mut left: Vec<(usize, usize)> = places.iter().copied().enumerate().collect();
    while !left.is_empty() {
        let mut source: Vec<Option<usize>> = vec![None; elements];
        let mut later = Vec::new();
        for (update, place) in left {
            match source[place] {
                Some(_) if reduction.is_some() => later.push((update, place)),
                _ => source[place] = Some(update),
            }
        }
        left = later;
        let from =
            |(place, update): (usize, &Option<usize>)| update.map_or(place, |u| elements + u);
        let indices = source.iter().enumerate().map(from);
        let indices =
            Data::I32(indices.map(|index| i32::try_from(index).unwrap_or(i32::MAX)).collect());
        let indices = b.value(shape(vec![elements])?, indices);
        let both = b.apply(Concatenation { axis: 0 }, &[result, updates])?;
        let new = b.apply(Gather::Axis { axis: 0, batch_dims: 0 }, &[both, indices])?;
        result = match reduction {
            None => new,
            Some(join) => {
                let joined = join(b, result, new)?;
                let hit = Data::Bool(source.iter().map(Option::is_some).collect());
                let hit = b.value(Shape::new([elements]).unwrap_or_else(|_| Shape::scalar()), hit);
                b.choose(hit, joined, result)?
            }
        };
    }
    b.reshape(result, whole.dims().to_vec()).map(only)
}
