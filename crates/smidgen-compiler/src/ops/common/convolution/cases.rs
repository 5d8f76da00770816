//! Conformance cases of convolutions.

use crate::ops::Op;
use crate::ops::case::{Case, Random, int8, int16, plain};
use crate::tensor::{DType, Data, Quant, TensorType};

/// The same shapes in int8 and int16 (per channel, with a bias) and float32 (without).
pub(crate) fn in_each_type(
    name: &str,
    op: &(impl Into<Op> + Clone),
    input: &[usize],
    filter: &[usize],
    channel_axis: usize,
) -> [Case; 3] {
    let mut random = Random::new(name.len() as u64);
    let (channels, elements) = (filter[channel_axis], filter.iter().product());
    let scales = (0..channels).map(|i| 0.01 + 0.003 * i as f32).collect();
    let quant = Quant::per_axis(channel_axis, scales).expect("scales are positive");
    let weights = random.data(DType::I8, elements);
    let integers = (TensorType { quant, ..plain(DType::I8, filter) }, Some(weights));
    let floats = (plain(DType::F32, filter), Some(random.data(DType::F32, elements)));
    let bias: Vec<_> = (0..channels).map(|_| random.range(-3000, 3000)).collect();
    let narrow = Data::I32(bias.iter().map(|&bias| bias as i32).collect());
    let wide = Data::I64(bias.iter().map(|&bias| bias * 300).collect());
    let biased = |bias: Data| (plain(bias.dtype(), &[channels]), Some(bias));
    let case = |suffix: &str, inputs, quant| {
        Case::new(&format!("{name}_{suffix}"), op.clone(), inputs, &[quant])
    };
    let (narrow_input, wide_input) = (int8(input, 0.05, -17), int16(input, 0.0005));
    let narrow = vec![(narrow_input, None), integers.clone(), biased(narrow)];
    let wide = vec![(wide_input, None), integers, biased(wide)];
    [
        case("s8", narrow, int8(&[], 0.11, 5).quant),
        case("s16", wide, int16(&[], 0.002).quant),
        case("f32", vec![(plain(DType::F32, input), None), floats], Quant::None),
    ]
}
