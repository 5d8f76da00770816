//! The language of `STRIDED_SLICE`: Python's `x[begin:end:step, ..., new, index]` in lists of
//! numbers and bit masks.

use super::{Cut, Number, Slice};
use crate::ops::OpError;
use crate::ops::common::movement;
use crate::ops::import::Layer;
use crate::reader::tflite::BuiltinOptionsRef;
use crate::tensor::Shape;

/// Numbers of the list and what stands for each: bit k of a mask is about number k.
struct Spec {
    /// Where to start; `None` if only the running model knows.
    begin: Option<Vec<i64>>,
    end: Option<Vec<i64>>,
    strides: Vec<i64>,
    /// Bits of numbers whose begin, or end, is that of the whole axis.
    begin_mask: i32,
    end_mask: i32,
    /// Bits of numbers that stand for as many whole axes as are left.
    ellipsis_mask: i32,
    /// Bits of numbers that stand for a new axis of size 1.
    new_axis_mask: i32,
    /// Bits of numbers that take one index, whose axis goes.
    shrink_axis_mask: i32,
    /// Whether ends count from their begin, and have no mask.
    offset: bool,
}

pub(super) fn read(layer: &Layer, input: &Shape) -> Result<Slice, OpError> {
    let options = layer.options(|options| match options {
        BuiltinOptionsRef::StridedSliceOptions(options) => Some(options),
        _ => None,
    })?;
    let known = |index: usize| {
        if layer.is_constant(index) { layer.integers(index).map(Some) } else { Ok(None) }
    };
    let spec = Spec {
        begin: known(1)?,
        end: known(2)?,
        strides: layer.integers(3)?,
        begin_mask: options.begin_mask()?,
        end_mask: options.end_mask()?,
        ellipsis_mask: options.ellipsis_mask()?,
        new_axis_mask: options.new_axis_mask()?,
        shrink_axis_mask: options.shrink_axis_mask()?,
        offset: options.offset()?,
    };
    if spec.begin.is_none() && layer.input(1)?.shape.elements() != spec.strides.len() {
        return Err(OpError::inconsistent("begin and strides differ in length"));
    }
    spec.slice(input)
}

impl Spec {
    fn slice(&self, input: &Shape) -> Result<Slice, OpError> {
        let numbers = self.strides.len();
        let differs = |list: &Option<Vec<i64>>| list.as_ref().is_some_and(|l| l.len() != numbers);
        if differs(&self.begin) || differs(&self.end) || numbers > 32 {
            return Err(OpError::inconsistent("begin, end and strides differ in length"));
        }
        let mut made = Made { input, cuts: Vec::new(), dims: Vec::new(), moved: Vec::new() };
        for number in 0..numbers {
            if has(self.ellipsis_mask, number) {
                let later = number + 1..numbers;
                let used = later.filter(|&later| !has(self.new_axis_mask, later)).count();
                let whole = input.rank().saturating_sub(made.cuts.len() + used);
                (0..whole).try_for_each(|_| made.whole_axis())?;
                made.moved.push(Number::Ignored);
            } else if has(self.new_axis_mask, number) {
                made.dims.push(1);
                made.moved.push(Number::Ignored);
            } else {
                self.cut(number, &mut made)?;
            }
        }
        (made.cuts.len()..input.rank()).try_for_each(|_| made.whole_axis())?;
        let Made { cuts, dims, moved, .. } = made;
        let shape = movement::shape(dims)?;
        Ok(Slice { cuts, shape, moved: self.begin.is_none().then_some(moved) })
    }

    /// Cuts the next axis as number `number` says.
    fn cut(&self, number: usize, made: &mut Made) -> Result<(), OpError> {
        let (axis, dim) = made.next_axis()?;
        let stride = self.strides[number];
        let step = isize::try_from(stride).ok().filter(|&step| step != 0 && step != isize::MIN);
        let step = step.ok_or_else(|| {
            OpError::inconsistent(format!("axis {axis} cannot be cut in steps of {stride}"))
        })?;
        let whole_begin = has(self.begin_mask, number);
        let shrinks = has(self.shrink_axis_mask, number);
        if shrinks && step < 0 {
            let text = format!("one index of axis {axis} is taken in steps of {step}");
            return Err(OpError::inconsistent(text));
        }
        let whole_end = has(self.end_mask, number) && !self.offset;
        let begin = self.begin.as_ref().map(|begin| begin[number]);
        let end = self.end.as_ref().map(|end| end[number]);
        let (begin, end) = match (begin, end) {
            _ if whole_begin && (shrinks || whole_end) => (0, 0),
            (None, _) if shrinks => {
                made.moved.push(Number::Start { axis, wraps: true });
                made.cuts.push(Cut { start: 0, step: 1, count: 1 });
                return Ok(());
            }
            (Some(begin), _) if shrinks => (begin, 0),
            (Some(begin), Some(end)) => (begin, end),
            (Some(begin), None) if whole_end => (begin, 0),
            _ => {
                let text = format!("the length of axis {axis} depends on data");
                return Err(OpError::unsupported(text)
                    .hint("give begin and end as constants, or take one index and drop the axis"));
            }
        };
        made.moved.push(Number::Ignored);
        let range = Range { dim: dim as i128, step: step as i128 };
        let start = if whole_begin { range.first() } else { range.inside(begin.into()) };
        let stop = match end {
            _ if shrinks => start + range.step.signum(),
            end if self.offset => range.inside(start + i128::from(end)),
            _ if whole_end => range.stop(),
            end => range.inside(end.into()),
        };
        let count = if shrinks { i128::from(range.holds(start)) } else { range.count(start, stop) };
        let (Ok(start), Ok(count @ 1..)) = (usize::try_from(start), usize::try_from(count)) else {
            let text = format!("nothing of axis {axis} of {} is left", made.input);
            return Err(OpError::inconsistent(text));
        };
        // A step that is never made may be larger than anything.
        let step = if count == 1 { 1 } else { step };
        made.cuts.push(Cut { start, step, count });
        if !shrinks {
            made.dims.push(count);
        }
        Ok(())
    }
}

fn has(mask: i32, number: usize) -> bool {
    mask.cast_unsigned() & 1 << number != 0
}

/// What has been read so far.
struct Made<'a> {
    input: &'a Shape,
    cuts: Vec<Cut>,
    /// Dimensions of the output.
    dims: Vec<usize>,
    moved: Vec<Number>,
}

impl Made<'_> {
    fn next_axis(&self) -> Result<(usize, usize), OpError> {
        let axis = self.cuts.len();
        let dim = self.input.dims().get(axis).ok_or_else(|| {
            let text = format!("there are more numbers than axes of {}", self.input);
            OpError::inconsistent(text)
        })?;
        Ok((axis, *dim))
    }

    fn whole_axis(&mut self) -> Result<(), OpError> {
        let (_, dim) = self.next_axis()?;
        self.cuts.push(Cut::all(dim));
        self.dims.push(dim);
        Ok(())
    }
}

/// An axis and the steps along it.
struct Range {
    dim: i128,
    step: i128,
}

impl Range {
    /// The first element in the direction of the steps.
    fn first(&self) -> i128 {
        if self.step > 0 { 0 } else { self.dim - 1 }
    }

    /// Just beyond the last element.
    fn stop(&self) -> i128 {
        if self.step > 0 { self.dim } else { -1 }
    }

    /// A place counted from the end if negative, brought to an element or just beyond the last.
    fn inside(&self, place: i128) -> i128 {
        let place = if place < 0 { place + self.dim } else { place };
        let lowest = if self.step > 0 { 0 } else { -1 };
        place.clamp(lowest, lowest + self.dim)
    }

    fn holds(&self, place: i128) -> bool {
        (0..self.dim).contains(&place)
    }

    /// How many steps lead from `start` to `stop`.
    fn count(&self, start: i128, stop: i128) -> i128 {
        let (distance, step) = ((stop - start) * self.step.signum(), self.step.abs());
        ((distance + step - 1) / step).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cut's start, step and count.
    type Expected = (usize, isize, usize);

    /// `begin`, `end` and `stride` of each number for a shape of [4, 5, 6], with the masks that
    /// `mask` sets; the output's shape and the cuts.
    fn check(
        numbers: &[[i64; 3]],
        mask: impl FnOnce(&mut Spec),
        expected: Option<(&[usize], &[Expected])>,
    ) {
        let list = |k: usize| numbers.iter().map(|n| n[k]).collect::<Vec<_>>();
        let mut spec = Spec {
            begin: Some(list(0)),
            end: Some(list(1)),
            strides: list(2),
            begin_mask: 0,
            end_mask: 0,
            ellipsis_mask: 0,
            new_axis_mask: 0,
            shrink_axis_mask: 0,
            offset: false,
        };
        mask(&mut spec);
        let found = spec.slice(&Shape::new([4, 5, 6]).unwrap()).ok();
        let cuts = |slice: &Slice| -> Vec<_> {
            slice.cuts.iter().map(|cut| (cut.start, cut.step, cut.count)).collect()
        };
        let found = found.map(|slice| (slice.shape.dims().to_vec(), cuts(&slice)));
        assert_eq!(found, expected.map(|(dims, cuts)| (dims.to_vec(), cuts.to_vec())));
    }

    #[test]
    fn the_rest_is_whole() {
        check(&[[1, 3, 1]], |_| (), Some((&[2, 5, 6], &[(1, 1, 2), (0, 1, 5), (0, 1, 6)])));
    }

    #[test]
    fn steps_may_be_negative() {
        let cuts = [(3, -2, 2), (4, -1, 5), (0, 1, 6)];
        check(&[[-1, 0, -2], [9, -9, -1]], |_| (), Some((&[2, 5, 6], &cuts)));
    }

    #[test]
    fn a_step_beyond_the_axis_takes_one() {
        let cuts = [(1, 1, 1), (0, 1, 5), (0, 1, 6)];
        check(&[[1, 4, i64::MAX]], |_| (), Some((&[1, 5, 6], &cuts)));
    }

    #[test]
    fn an_ellipsis_stands_for_whole_axes() {
        let set = |s: &mut Spec| s.ellipsis_mask = 1;
        check(&[[9; 3], [1, 3, 1]], set, Some((&[4, 5, 2], &[(0, 1, 4), (0, 1, 5), (1, 1, 2)])));
    }

    #[test]
    fn an_index_drops_its_axis_and_a_new_one_has_size_1() {
        let set = |s: &mut Spec| (s.shrink_axis_mask, s.new_axis_mask) = (1, 2);
        let numbers = [[-1, 0, 1], [0, 0, 1], [0, 2, 1]];
        check(&numbers, set, Some((&[1, 2, 6], &[(3, 1, 1), (0, 1, 2), (0, 1, 6)])));
    }

    #[test]
    fn nothing_is_an_error() {
        check(&[[2, 2, 1]], |_| (), None);
        check(&[[0, 4, 0]], |_| (), None);
        check(&[[i64::MIN, i64::MAX, i64::MIN]], |_| (), None);
        check(&[[0, 4, 1]; 33], |_| (), None);
        check(&[[0, 4, 1]; 4], |_| (), None);
        check(&[[4, 5, 1]], |s| s.shrink_axis_mask = 1, None);
        check(&[[2, 3, -1]], |s| s.shrink_axis_mask = 1, None);
    }

    #[test]
    fn a_row_may_be_chosen_at_run_time_and_a_range_not() {
        let set = |s: &mut Spec| (s.begin, s.end) = (None, None);
        check(&[[0, 0, 1]], set, None);
        let row = |s: &mut Spec| {
            set(s);
            s.shrink_axis_mask = 1;
        };
        check(&[[0, 0, 1]], row, Some((&[5, 6], &[(0, 1, 1), (0, 1, 5), (0, 1, 6)])));
    }
}
