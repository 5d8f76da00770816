//! Sliding windows over height and width, shared by convolutions and pools.

use super::{Arg, OpError};
use crate::tensor::MAX_ELEMENTS;

/// Rows and columns of padding around the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Padding {
    /// Rows above.
    pub top: usize,
    /// Rows below.
    pub bottom: usize,
    /// Columns to the left.
    pub left: usize,
    /// Columns to the right.
    pub right: usize,
}

/// Steps, dilation and padding of a window; `[rows, columns]` each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// Distance between neighbouring windows.
    pub stride: [usize; 2],
    /// Distance between neighbouring taps.
    pub dilation: [usize; 2],
    /// Padding of the input.
    pub padding: Padding,
}

impl Window {
    /// TFLite's `SAME` padding: the output has `ceil(input / stride)` rows and columns, and an odd
    /// row or column of padding goes below or to the right.
    pub fn same(
        stride: [usize; 2],
        dilation: [usize; 2],
        input: [usize; 2],
        kernel: [usize; 2],
    ) -> Self {
        let pads = [0, 1].map(|d| {
            let output = input[d].div_ceil(stride[d].max(1));
            let reach = (output.saturating_sub(1)).saturating_mul(stride[d]);
            let needed = reach.saturating_add(extent(kernel[d], dilation[d]));
            let total = needed.saturating_sub(input[d]);
            (total / 2, total - total / 2)
        });
        let padding =
            Padding { top: pads[0].0, bottom: pads[0].1, left: pads[1].0, right: pads[1].1 };
        Self { stride, dilation, padding }
    }

    /// A window without padding.
    pub fn valid(stride: [usize; 2], dilation: [usize; 2]) -> Self {
        Self { stride, dilation, padding: Padding::default() }
    }

    /// Rows and columns of the output.
    pub fn output(&self, input: [usize; 2], kernel: [usize; 2]) -> Result<[usize; 2], OpError> {
        let Padding { top, bottom, left, right } = self.padding;
        let pads = [[top, bottom], [left, right]];
        let mut output = [0; 2];
        let mut padded = 1usize;
        for d in [0, 1] {
            if self.stride[d] == 0 || self.dilation[d] == 0 {
                return Err(OpError::inconsistent("stride and dilation must be at least 1"));
            }
            let span = pads[d].iter().try_fold(input[d], |n, &p| n.checked_add(p));
            let reach = span.and_then(|n| n.checked_sub(extent(kernel[d], self.dilation[d])));
            let Some(reach) = reach else {
                return Err(OpError::inconsistent(format!(
                    "the {}x{} window exceeds the padded {}x{} input",
                    kernel[0], kernel[1], input[0], input[1]
                )));
            };
            output[d] = reach / self.stride[d] + 1;
            padded = padded.saturating_mul(span.unwrap_or(usize::MAX));
        }
        if padded > MAX_ELEMENTS {
            return Err(OpError::unsupported(format!(
                "padding makes more than {MAX_ELEMENTS} rows by columns of the input"
            )));
        }
        Ok(output)
    }

    /// The arguments by which kernels find the taps of `output` rows and columns.
    pub(super) fn args(&self, output: [usize; 2]) -> [(&'static str, Arg); 6] {
        // A single window has no neighbour, however far away.
        let stride = [0, 1].map(|d| if output[d] == 1 { 1 } else { self.stride[d] });
        [
            ("stride_y", Arg::size(stride[0])),
            ("stride_x", Arg::size(stride[1])),
            ("dilation_y", Arg::size(self.dilation[0])),
            ("dilation_x", Arg::size(self.dilation[1])),
            ("pad_top", Arg::size(self.padding.top)),
            ("pad_left", Arg::size(self.padding.left)),
        ]
    }

    /// First input row or column (`axis` 0 or 1) of the window of output `index`; may be negative.
    pub fn origin(&self, axis: usize, index: usize) -> isize {
        let before = [self.padding.top, self.padding.left][axis];
        (index * self.stride[axis]) as isize - before as isize
    }

    /// Input row or column of tap `tap` in the window of output `index`, if inside the input.
    pub fn tap(&self, axis: usize, index: usize, tap: usize, input: usize) -> Option<usize> {
        let at = self.origin(axis, index) + (tap * self.dilation[axis]) as isize;
        usize::try_from(at).ok().filter(|&at| at < input)
    }
}

/// Rows or columns that `kernel` taps cover.
fn extent(kernel: usize, dilation: usize) -> usize {
    kernel.saturating_sub(1).saturating_mul(dilation).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_padding_puts_the_odd_line_last() {
        let window = Window::same([2, 2], [1, 1], [49, 10], [10, 4]);
        assert_eq!(window.padding, Padding { top: 4, bottom: 5, left: 1, right: 1 });
        assert_eq!(window.output([49, 10], [10, 4]), Ok([25, 5]));
    }

    #[test]
    fn a_window_larger_than_the_input_is_an_error() {
        assert!(Window::valid([1, 1], [1, 1]).output([2, 2], [3, 1]).is_err());
        assert!(Window::valid([0, 1], [1, 1]).output([2, 2], [1, 1]).is_err());
    }

    #[test]
    fn vast_padding_is_an_error() {
        let far = i32::MAX as usize;
        for (dilation, kernel) in [([far, 1], [9, 1]), ([1 << 13, 1 << 13], [2, 2])] {
            let window = Window::same([1, 1], dilation, [2, 2], kernel);
            assert!(window.output([2, 2], kernel).is_err(), "{window:?}");
        }
    }
}
