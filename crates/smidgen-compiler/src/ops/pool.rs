//! What the pools over rows and columns have in common.

use super::case::{Case, int8, plain};
use super::import::{Layer, activation, at_least_1};
use super::{Activation, Arg, Call, Lowered, Lowering, Op, OpError, Site, Source, Window};
use crate::reader::tflite::BuiltinOptionsRef;
use crate::tensor::{DType, Shape, TensorType};

/// Attributes of a pool over `[batch, rows, columns, channels]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// Rows and columns of the window.
    pub kernel: [usize; 2],
    /// Steps and padding; the dilation is 1.
    pub window: Window,
    /// Clamp of the output.
    pub activation: Activation,
}

impl Pool {
    /// Elements that all windows see together.
    pub(super) fn work(&self, site: &Site) -> u64 {
        let sizes = [site.output(0).shape.elements(), self.kernel[0], self.kernel[1]];
        sizes.into_iter().fold(1, |product, size| product.saturating_mul(size as u64))
    }

    /// Element type and shape of the output.
    pub(super) fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let &[x] = inputs else {
            return Err(OpError::inconsistent("needs exactly one input"));
        };
        let &[n, h, w, c] = x.shape.dims() else {
            return Err(OpError::inconsistent("the input must have 4 dimensions"));
        };
        let [kh, kw] = self.kernel;
        let padding = self.window.padding;
        if padding.top.max(padding.bottom) >= kh || padding.left.max(padding.right) >= kw {
            return Err(OpError::inconsistent(format!(
                "a {kh}x{kw} window may lie in the padding"
            )));
        }
        if self.window.dilation != [1, 1] {
            return Err(OpError::unsupported("dilated pools are not supported"));
        }
        let [oh, ow] = self.window.output([h, w], [kh, kw])?;
        let shape = Shape::new([n, oh, ow, c]).map_err(|e| OpError::inconsistent(e.to_string()))?;
        Ok(vec![(x.dtype, shape)])
    }

    /// Element types, and quantisation that is the same before and after as TFLite demands.
    pub(super) fn check(site: &Site) -> Result<(), OpError> {
        if site.same_dtype(&[DType::I8, DType::F32])? == DType::F32 {
            return Ok(());
        }
        let ((from, from_zero), (to, to_zero)) = (site.input_quant(0)?, site.output_quant(0)?);
        if (f64::from(from) - f64::from(to)).abs() > 1e-6 || from_zero != to_zero {
            return Err(OpError::inconsistent("input and output must have the same quantisation"));
        }
        Ok(())
    }

    /// Least and greatest int8 output at a checked site.
    pub(super) fn clamp_i8(&self, site: &Site) -> (i32, i32) {
        let (scale, zero_point) =
            site.output_quant(0).expect("the site's quantisation has been checked");
        self.activation.clamp_i8(scale, zero_point)
    }

    /// Reduces each window of each channel: `reduce` sees the elements inside the input in the
    /// order rows, columns.
    pub(super) fn map_windows<T: Copy>(
        &self,
        site: &Site,
        x: &[T],
        reduce: impl Fn(&[T]) -> T,
    ) -> Vec<T> {
        let [_, h, w, c] = site.input(0).shape.dims() else { unreachable!("checked rank") };
        let [n, oh, ow, _] = site.output(0).shape.dims() else { unreachable!("checked rank") };
        let inside = |axis: usize, index, size| {
            (0..self.kernel[axis]).filter_map(move |k| self.window.tap(axis, index, k, size))
        };
        let mut outputs = Vec::with_capacity(n * oh * ow * c);
        let mut window = Vec::new();
        for row in 0..n * oh {
            let (batch, oy) = (row / oh, row % oh);
            for (ox, channel) in (0..*ow).flat_map(|ox| (0..*c).map(move |c| (ox, c))) {
                window.clear();
                window.extend(inside(0, oy, *h).flat_map(|iy| {
                    inside(1, ox, *w).map(move |ix| x[((batch * h + iy) * w + ix) * c + channel])
                }));
                outputs.push(reduce(&window));
            }
        }
        outputs
    }

    /// One call of `function` of the last of `sources`, which takes the bounds `clamp`.
    pub(super) fn lower(
        &self,
        site: &Site,
        function: &'static str,
        sources: Vec<Source>,
        clamp: (Arg, Arg),
    ) -> Lowering {
        let (x, y) = (site.input(0).shape.dims(), site.output(0).shape.dims());
        let mut args = vec![("input", Arg::Input(0)), ("output", Arg::Output(0))];
        let sizes = [
            ("batches", x[0]),
            ("in_height", x[1]),
            ("in_width", x[2]),
            ("channels", x[3]),
            ("out_height", y[1]),
            ("out_width", y[2]),
            ("kernel_height", self.kernel[0]),
            ("kernel_width", self.kernel[1]),
            ("stride_y", self.window.stride[0]),
            ("stride_x", self.window.stride[1]),
            ("pad_top", self.window.padding.top),
            ("pad_left", self.window.padding.left),
        ];
        args.extend(sizes.map(|(name, size)| (name, Arg::size(size))));
        args.extend([("low", clamp.0), ("high", clamp.1)]);
        Lowering::Code(Lowered {
            sources,
            calls: vec![Call { function, args }],
            ..Lowered::default()
        })
    }

    /// Reads the options of a TFLite layer.
    pub(super) fn from_tflite(layer: &Layer) -> Result<Self, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::Pool2DOptions(options) => Some(options),
            _ => None,
        })?;
        let kernel = [
            at_least_1("window height", options.filter_height()?)?,
            at_least_1("window width", options.filter_width()?)?,
        ];
        let stride = [options.stride_h()?, options.stride_w()?];
        let window = layer.window(options.padding()?, kernel, stride, [1, 1])?;
        let activation = activation(options.fused_activation_function()?)?;
        Ok(Self { kernel, window, activation })
    }
}

/// Conformance cases of a pool, in int8 and float32.
pub(super) fn cases<O: Into<Op>>(make: fn(Pool) -> O) -> Vec<Case> {
    let (relu, none) = (Activation::Relu, Activation::None);
    let case = |name: &str, input: [usize; 4], kernel, window, activation, zero_point| {
        let types = [int8(&input, 0.05, zero_point), plain(DType::F32, &input)];
        types.map(|ty| {
            let name = format!("{name}_{}", ty.dtype);
            let pool = Pool { kernel, window, activation };
            let quant = ty.quant.clone();
            Case::new(&name, make(pool), vec![(ty, None)], &[quant])
        })
    };
    let same = |stride, input, kernel| Window::same(stride, [1, 1], input, kernel);
    let valid = |stride| Window::valid(stride, [1, 1]);
    [
        case("valid", [1, 6, 5, 3], [2, 2], valid([2, 2]), none, -17),
        case("same", [1, 5, 6, 4], [3, 3], same([1, 1], [5, 6], [3, 3]), none, 5),
        case("strided", [1, 7, 5, 2], [3, 2], same([2, 2], [7, 5], [3, 2]), relu, 5),
        case("global", [1, 5, 7, 5], [5, 7], valid([1, 1]), none, 127),
        case("one_pixel", [1, 3, 3, 2], [1, 1], valid([2, 1]), Activation::Relu6, -128),
        case("batch", [3, 4, 4, 1], [2, 3], same([2, 1], [4, 4], [2, 3]), Activation::ReluN1To1, 0),
        case("exceeds_input", [1, 2, 1, 3], [5, 4], same([1, 1], [2, 1], [5, 4]), none, -1),
        case("gaps", [1, 7, 8, 2], [2, 1], valid([3, 4]), none, 9),
    ]
    .into_iter()
    .flatten()
    .collect()
}
