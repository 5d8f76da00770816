//! What numbers become in inputs of each type.

use super::*;

fn spec(files: &Files, data: Data, input: &TensorType) -> Spec {
    Spec::new(files.npz(&[("in0", input.shape.dims(), data)]))
}

fn becomes(data: Data, input: TensorType, change: impl Fn(&mut Numbers), expected: Data) {
    let files = Files::new();
    let mut spec = spec(&files, data, &input);
    change(&mut spec.numbers);
    check(&spec, input, &[expected]);
}

fn is_refused(data: Data, input: TensorType, change: impl Fn(&mut Numbers), parts: &[&str]) {
    let files = Files::new();
    let mut spec = spec(&files, data, &input);
    change(&mut spec.numbers);
    refused(&spec, input, parts);
}

fn as_is(_: &mut Numbers) {}

fn real(numbers: &mut Numbers) {
    numbers.meaning = Meaning::Real;
}

fn codes(numbers: &mut Numbers) {
    numbers.meaning = Meaning::Codes;
}

#[test]
fn floats_are_quantised_with_halves_away_from_zero() {
    let reals = Data::F32(vec![0.0, 0.25, -0.25, 0.75, 0.24, 100.0, -100.0]);
    let steps = Data::I8(vec![3, 4, 2, 5, 3, 127, -128]);
    becomes(reals, quantised(DType::I8, &[7], 0.5, 3), as_is, steps);
    let reals = Data::F32(vec![-1.0, 0.0, 0.5, 2.0]);
    let pixels = Data::U8(vec![0, 128, 192, 255]);
    becomes(reals, quantised(DType::U8, &[4], 1.0 / 128.0, 128), as_is, pixels);
    let wide = quantised(DType::I16, &[2], 1e-30, 0);
    becomes(Data::F32(vec![f32::MAX, f32::MIN]), wide, as_is, Data::I16(vec![32767, -32768]));
}

#[test]
fn integers_are_codes_unless_they_are_said_to_be_real() {
    let ty = || quantised(DType::I8, &[2], 0.5, 1);
    becomes(Data::I8(vec![-7, 5]), ty(), as_is, Data::I8(vec![-7, 5]));
    becomes(Data::I64(vec![-7, 5]), ty(), as_is, Data::I8(vec![-7, 5]));
    becomes(Data::I64(vec![-7, 5]), ty(), real, Data::I8(vec![-13, 11]));
    becomes(Data::U8(vec![7, 5]), ty(), |n| n.scale = 0.5, Data::I8(vec![8, 6]));
    is_refused(Data::I64(vec![5, 128]), ty(), as_is, &["element 1 is 128", "-128 to 127"]);
}

#[test]
fn integers_become_floats_only_when_asked() {
    let integers = || Data::I32(vec![3, -4]);
    is_refused(integers(), float(&[2]), as_is, &["`a`", "int32", "float32", "`--values real`"]);
    becomes(integers(), float(&[2]), real, Data::F32(vec![3.0, -4.0]));
    becomes(Data::Bool(vec![true, false]), float(&[2]), real, Data::F32(vec![1.0, 0.0]));
}

#[test]
fn floats_can_be_refused() {
    let ty = quantised(DType::I8, &[1], 0.5, 0);
    is_refused(Data::F32(vec![1.0]), ty, codes, &["floats", "`--values codes`"]);
    becomes(Data::F32(vec![1.5]), float(&[1]), codes, Data::F32(vec![1.5]));
}

#[test]
fn plain_integers_are_taken_exactly() {
    let ids = || plain(DType::I32, &[2]);
    becomes(Data::I64(vec![7, -1]), ids(), as_is, Data::I32(vec![7, -1]));
    becomes(Data::F32(vec![7.0, -1.0]), ids(), as_is, Data::I32(vec![7, -1]));
    is_refused(Data::F32(vec![7.0, 0.5]), ids(), as_is, &["element 1 is `0.5`", "integers"]);
    is_refused(Data::I64(vec![1 << 40, 0]), ids(), as_is, &["element 0 is 1099511627776"]);
    is_refused(Data::I8(vec![0, 2]), plain(DType::Bool, &[2]), as_is, &["0 to 1"]);
    becomes(Data::I8(vec![0, 1]), plain(DType::Bool, &[2]), as_is, Data::Bool(vec![false, true]));
}

#[test]
fn numbers_that_are_not_finite_are_refused() {
    for (bad, shown) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf"), (f32::NEG_INFINITY, "-inf")] {
        for ty in [float(&[2]), quantised(DType::I8, &[2], 1.0, 0)] {
            is_refused(Data::F32(vec![0.0, bad]), ty, as_is, &["sample 0", "element 1", shown]);
        }
        is_refused(Data::F32(vec![bad, 0.0]), plain(DType::I32, &[2]), as_is, &["element 0"]);
    }
    is_refused(Data::F32(vec![f32::MAX]), float(&[1]), |n| n.scale = 2.0, &["`inf`"]);
}

#[test]
fn channels_are_normalised_on_their_own() {
    let numbers = |n: &mut Numbers| {
        n.scale = 0.5;
        n.mean = vec![1.0, 2.0];
        n.deviation = vec![0.25, 0.5];
    };
    let data = Data::F32(vec![2.0, 4.0, 4.0, 6.0]);
    becomes(data.clone(), float(&[2, 2]), numbers, Data::F32(vec![0.0, 0.0, 4.0, 2.0]));
    let one = |n: &mut Numbers| n.mean = vec![2.0];
    becomes(data, float(&[2, 2]), one, Data::F32(vec![0.0, 2.0, 2.0, 4.0]));
}

#[test]
fn what_cannot_be_normalised_is_refused() {
    let data = || Data::F32(vec![2.0, 4.0]);
    is_refused(data(), float(&[2]), |n| n.mean = vec![1.0; 3], &["3 numbers", "2 channels"]);
    is_refused(data(), float(&[2]), |n| n.deviation = vec![0.0], &["zero"]);
    is_refused(data(), float(&[2]), |n| n.scale = f64::NAN, &["finite"]);
    is_refused(data(), plain(DType::I32, &[2]), |n| n.scale = 2.0, &["no input"]);
    let both = |n: &mut Numbers| (n.scale, n.meaning) = (2.0, Meaning::Codes);
    is_refused(data(), float(&[2]), both, &["cannot be scaled"]);
}

#[test]
fn quantisation_agrees_with_the_layer_that_quantises() {
    use smidgen_compiler::ops::Op;
    let mut random = Random::new(5);
    for (dtype, zero_point) in [(DType::I8, -7), (DType::I16, 0)] {
        let scale = 0.037;
        let numbers: Vec<f32> = (0..500).map(|_| random.unit() * 6.0).collect();
        let ty = quantised(dtype, &[500], scale, zero_point);
        let mut network = graph(&[float(&[500])]);
        let input = network.inputs()[0];
        let op = Op::from(smidgen_compiler::ops::quantize::Quantize {
            to: dtype,
            rounding: smidgen_compiler::tensor::Rounding::Tflm,
        });
        let output = network.add_op("q", op, &[input], ty.quant.clone()).unwrap();
        network.set_outputs(vec![output]);
        let sample = [Data::F32(numbers.clone())];
        let values = smidgen_compiler::eval::evaluate(&network, &sample).unwrap();
        let expected = smidgen_compiler::eval::outputs(&network, &values).remove(0);
        becomes(Data::F32(numbers), ty, as_is, expected);
    }
}
