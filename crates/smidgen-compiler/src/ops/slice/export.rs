//! `SLICE`, `STRIDED_SLICE` and `REVERSE_V2` to TFLite.

use super::{Cut, Number, Slice};
use crate::ops::export::{Input, Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::{DType, Data, Shape, TensorType};
use smidgen_schema::tflite::{BuiltinOptions, StridedSliceOptions};

impl ToTflite for Slice {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let input = site.input(0).shape.dims();
        let mut axes = self.cuts.iter().zip(input);
        let counts = self.cuts.iter().map(|cut| cut.count);
        let same_axes = self.shape.dims().iter().copied().eq(counts);
        let starts = match &self.moved {
            None => Some(Input::list(self.cuts.iter().map(|cut| &cut.start))),
            Some(numbers) => are_starts(numbers).then_some(Input::Operand(1)),
        };
        if same_axes
            && self.cuts.iter().all(|cut| cut.step == 1)
            && let Some(starts) = starts
        {
            return self.plain(site, starts).written();
        }
        let is_reversed =
            |(cut, &dim): (&Cut, &usize)| *cut == Cut::all(dim) || *cut == Cut::reversed(dim);
        if same_axes && self.moved.is_none() && axes.all(is_reversed) {
            return self.reversed(site).written();
        }
        let mut strided = match &self.moved {
            None => Strided::of(self),
            Some(numbers) => Strided::moved(self, numbers)?,
        };
        if self.moved.is_some() {
            strided.begin = Input::Operand(1);
        }
        strided.layer(site).written()
    }
}

/// Whether each number is the place along one axis where a `SLICE` starts.
fn are_starts(numbers: &[Number]) -> bool {
    let mut starts = numbers.iter().enumerate();
    starts.all(|(axis, &number)| number == Number::Start { axis, wraps: false })
}

/// The sizes of a `SLICE`, which have the type of the starts.
fn sizes(site: &Site, sizes: &[usize]) -> Input {
    match (site.inputs.get(1), Shape::new([sizes.len()])) {
        (Some(starts), Ok(shape)) if starts.ty.dtype == DType::I64 => {
            let sizes = sizes.iter().map(|&size| size as i64).collect();
            Input::Constant(TensorType::plain(DType::I64, shape), Data::I64(sizes))
        }
        _ => Input::list(sizes),
    }
}

impl Slice {
    fn plain(&self, site: &Site, starts: Input) -> Layer {
        let by_type = by_type(site, &[(DType::I8, 2), (DType::I16, 4)]);
        let sizes = sizes(site, self.shape.dims());
        Layer::new(BuiltinOperator::Slice, site)
            .reading([Input::Operand(0), starts, sizes])
            .version(if self.cuts.len() > 4 { by_type.max(5) } else { by_type })
    }

    fn reversed(&self, site: &Site) -> Layer {
        let axes = self.cuts.iter().enumerate().filter(|(_, cut)| cut.step < 0);
        let axes: Vec<usize> = axes.map(|(axis, _)| axis).collect();
        Layer::new(BuiltinOperator::ReverseV2, site)
            .reading([Input::Operand(0), Input::list(&axes)])
            .version(by_type(site, &[(DType::I8, 3), (DType::Bool, 2)]))
    }
}

/// The language of `STRIDED_SLICE`: a list of numbers, and masks with a bit for each.
struct Strided {
    begin: Input,
    end: Vec<i32>,
    strides: Vec<i32>,
    options: StridedSliceOptions,
}

impl Strided {
    fn new() -> Self {
        let options = StridedSliceOptions::default();
        Self { begin: Input::Absent, end: Vec::new(), strides: Vec::new(), options }
    }

    /// Adds a number, and returns its bit.
    fn number(&mut self, end: i32, stride: i32) -> i32 {
        self.end.push(end);
        self.strides.push(stride);
        1 << (self.end.len() - 1)
    }

    /// The slice with a number for each axis, and for each new one of size 1.
    fn of(slice: &Slice) -> Self {
        let mut strided = Self::new();
        let mut begin = Vec::new();
        let mut dims = slice.shape.dims().iter().peekable();
        for cut in &slice.cuts {
            while cut.count > 1 && dims.peek().is_some_and(|&&dim| dim == 1) {
                dims.next();
                begin.push(0);
                strided.options.new_axis_mask |= strided.number(0, 1);
            }
            let stays = dims.next_if(|&&dim| dim == cut.count).is_some();
            begin.push(cut.start as i32);
            let last = cut.start as i32 + (cut.count as i32 - 1) * cut.step as i32;
            let bit = strided.number(last + cut.step.signum() as i32, cut.step as i32);
            if !stays {
                strided.options.shrink_axis_mask |= bit;
            } else if cut.step < 0 && last == 0 {
                strided.options.end_mask |= bit;
            }
        }
        begin.resize(begin.len() + dims.len(), 0);
        for _ in dims {
            strided.options.new_axis_mask |= strided.number(0, 1);
        }
        strided.begin = Input::List(begin);
        strided
    }

    /// The slice whose start the running model says: one index of some axes, and whole others.
    fn moved(slice: &Slice, numbers: &[Number]) -> Result<Self, OpError> {
        let mut strided = Self::new();
        let mut cuts = slice.cuts.iter().enumerate().peekable();
        let mut dims = slice.shape.dims().iter().peekable();
        for (place, number) in numbers.iter().enumerate() {
            if let Number::Start { axis, wraps: true } = *number {
                if cuts.next().is_none_or(|(next, _)| next != axis) {
                    return Err(unsayable());
                }
                strided.options.shrink_axis_mask |= strided.number(0, 1);
                continue;
            }
            if *number != Number::Ignored {
                return Err(unsayable());
            }
            // Numbers and axes up to the next axis whose index is taken.
            let rest = numbers[place..].iter();
            let run = rest.take_while(|number| **number == Number::Ignored).count();
            let next = numbers[place + run..].iter().find_map(|number| match *number {
                Number::Start { axis, .. } => Some(axis),
                Number::Ignored => None,
            });
            let first = cuts.peek().map_or(slice.cuts.len(), |&(axis, _)| axis);
            let left = next.unwrap_or(slice.cuts.len()).saturating_sub(first);
            if next.is_some() && left > run {
                strided.options.ellipsis_mask |= strided.number(0, 1);
                for _ in 0..=left - run {
                    cuts.next();
                    dims.next();
                }
            } else if run > left && dims.peek().is_some_and(|&&dim| dim == 1) {
                dims.next();
                strided.options.new_axis_mask |= strided.number(0, 1);
            } else {
                let (_, cut) = cuts.next().ok_or_else(unsayable)?;
                dims.next();
                let bit = strided.number(0, cut.step as i32);
                strided.options.begin_mask |= bit;
                strided.options.end_mask |= bit;
            }
        }
        Ok(strided)
    }

    fn layer(self, site: &Site) -> Layer {
        let Self { begin, end, strides, options } = self;
        let by_type = by_type(site, &[(DType::I8, 2), (DType::Bool, 3)]);
        let by_rank = if site.input(0).shape.rank() > 4 { 4 } else { 1 };
        Layer::new(BuiltinOperator::StridedSlice, site)
            .reading([Input::Operand(0), begin, Input::List(end), Input::List(strides)])
            .with(BuiltinOptions::StridedSliceOptions(Box::new(options)))
            .version(by_type.max(by_rank))
    }
}

fn unsayable() -> OpError {
    OpError::unsupported("takes a slice that TFLite cannot say")
}
