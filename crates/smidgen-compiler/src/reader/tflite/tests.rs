//! Tests of the reader on files built here.

use smidgen_schema::planus::{self, Builder};
use smidgen_schema::tflite as schema;

use super::sample::{bytes, identified, operator, small, subgraph, tensor};
use super::*;

/// Changes the well-formed file and expects exactly these problems.
fn check(change: impl FnOnce(&mut schema::Model), problems: &[&str]) {
    let mut model = small();
    change(&mut model);
    check_bytes(&bytes(&model), problems);
}

fn check_bytes(file: &[u8], problems: &[&str]) {
    let found = Model::parse(file).map_or_else(|found| found, |_| Vec::new());
    let found: Vec<&str> = found.iter().map(|problem| problem.text.as_str()).collect();
    assert_eq!(found, problems);
}

#[test]
fn a_small_file_is_read() {
    let file = bytes(&small());
    let model = Model::parse(&file).unwrap();
    let graph = &model.subgraphs[0];
    assert_eq!(graph.operators[0].code.name(), "CONV_2D");
    assert_eq!(graph.operators[0].inputs, [Some(0), Some(1), None]);
    assert_eq!(graph.tensors[1].data, Some(&[7; 4][..]));
    assert_eq!((&*graph.tensors[2].name, graph.tensors[2].data), ("out", None));
}

#[test]
fn every_builtin_operator_has_a_name() {
    assert_eq!(BUILTIN_OPERATOR_NAMES.len(), BuiltinOperator::ENUM_VALUES.len());
    for code in BuiltinOperator::ENUM_VALUES {
        let flat = |text: &str| text.replace('_', "").to_lowercase();
        assert_eq!(flat(operator_name(code)), flat(&format!("{code:?}")));
    }
}

#[test]
fn every_element_type_has_a_name() {
    assert_eq!(TENSOR_TYPE_NAMES.len(), TensorType::ENUM_VALUES.len());
    for element in TensorType::ENUM_VALUES {
        let flat = |text: &str| text.replace('_', "").to_lowercase();
        assert_eq!(flat(type_name(element)), flat(&format!("{element:?}")));
    }
}

#[test]
fn an_empty_file() {
    check_bytes(&[], &["file: 0 bytes are too few for a TFLite model"]);
}

#[test]
fn another_identifier() {
    let file = b"\x10\0\0\0ONNX\0\0\0\0";
    check_bytes(file, &["file: not a TFLite model: bytes 4 to 8 are `ONNX`, not `TFL3`"]);
}

#[test]
fn a_truncated_root() {
    let text = "file: the root table lies outside the file; it may be truncated";
    check_bytes(&bytes(&small())[..20], &[text]);
}

#[test]
fn another_version() {
    check(|m| m.version = 2, &["file: schema version 2, only version 3 is known"]);
}

#[test]
fn no_subgraph() {
    check(|m| m.subgraphs = None, &["file: has no subgraph"]);
}

#[test]
fn an_input_index_out_of_range() {
    let text = "subgraph 0, operator 0 (CONV_2D), input 1: tensor index 99 out of range, the subgraph has 3 tensors";
    check(|m| operator(m).inputs = Some(vec![0, 99]), &[text]);
}

#[test]
fn a_negative_output_index() {
    let text = "subgraph 0, operator 0 (CONV_2D), output 0: tensor index -2 out of range, the subgraph has 3 tensors";
    check(|m| operator(m).outputs = Some(vec![-2]), &[text]);
}

#[test]
fn an_absent_graph_input() {
    let text = "subgraph 0, input 0: tensor index -1 out of range, the subgraph has 3 tensors";
    check(|m| subgraph(m).inputs = Some(vec![-1]), &[text]);
}

#[test]
fn an_operator_code_out_of_range() {
    let text = "subgraph 0, operator 0: operator code 5 out of range, the file has 1 codes";
    check(|m| operator(m).opcode_index = 5, &[text]);
}

#[test]
fn a_buffer_out_of_range() {
    let text = "subgraph 0, tensor 2 (`out`): buffer index 9 out of range, the file has 2 buffers";
    check(|m| tensor(m, 2).buffer = 9, &[text]);
}

#[test]
fn appended_content_out_of_range() {
    let mut model = small();
    model.buffers.as_mut().unwrap()[1] =
        schema::Buffer { data: None, offset: u64::MAX - 4, size: 64 };
    let length = bytes(&model).len();
    let text = format!(
        "buffer 1: 64 bytes at offset 18446744073709551611, but the file has {length} bytes"
    );
    check_bytes(&bytes(&model), &[&text]);
}

#[test]
fn appended_content_is_read() {
    let mut model = small();
    model.buffers.as_mut().unwrap()[1] = schema::Buffer { data: None, offset: 1 << 12, size: 3 };
    let mut file = bytes(&model);
    file.resize(1 << 12, 0);
    file.extend([1, 2, 3]);
    assert_eq!(Model::parse(&file).unwrap().subgraphs[0].tensors[1].data, Some(&[1, 2, 3][..]));
}

#[test]
fn a_rank_above_the_limit() {
    let text = "subgraph 0, tensor 0 (`in`): 9 dimensions, the limit is 8";
    check(|m| tensor(m, 0).shape = Some(vec![1; 9]), &[text]);
}

#[test]
fn a_shape_signature_of_another_rank() {
    let text =
        "subgraph 0, tensor 0 (`in`): the shape signature has 2 dimensions, but the shape has 4";
    check(|m| tensor(m, 0).shape_signature = Some(vec![-1, 2]), &[text]);
}

fn quantize(model: &mut schema::Model, scales: usize, zero_points: usize, axis: i32) {
    tensor(model, 1).shape = Some(vec![1, 2, 2, 1]);
    tensor(model, 1).quantization = Some(Box::new(schema::QuantizationParameters {
        scale: Some(vec![0.5; scales]),
        zero_point: Some(vec![0; zero_points]),
        quantized_dimension: axis,
        ..Default::default()
    }));
}

#[test]
fn scales_along_an_axis() {
    let mut model = small();
    quantize(&mut model, 2, 2, 1);
    let file = bytes(&model);
    let quantization = Model::parse(&file).unwrap().subgraphs[0].tensors[1].quantization.clone();
    let expected =
        Quantization { scale: vec![0.5; 2], zero_point: vec![0; 2], axis: 1, other_scheme: false };
    assert_eq!(quantization, Some(expected));
}

#[test]
fn more_zero_points_than_scales() {
    let text = "subgraph 0, tensor 1 (`filter`): 1 scales, but 2 zero points";
    check(|m| quantize(m, 1, 2, 0), &[text]);
}

#[test]
fn an_axis_of_another_size() {
    let text = "subgraph 0, tensor 1 (`filter`): 3 scales along axis 2, which has size 2";
    check(|m| quantize(m, 3, 3, 2), &[text]);
}

#[test]
fn an_axis_beyond_the_rank() {
    let text = "subgraph 0, tensor 1 (`filter`): 3 scales along axis -1, but the rank is 4";
    check(|m| quantize(m, 3, 3, -1), &[text]);
}

#[test]
fn several_problems_are_listed_together() {
    let change = |m: &mut schema::Model| {
        tensor(m, 0).buffer = 9;
        operator(m).inputs = Some(vec![3]);
        subgraph(m).outputs = Some(vec![3]);
    };
    let texts = [
        "subgraph 0, tensor 0 (`in`): buffer index 9 out of range, the file has 2 buffers",
        "subgraph 0, operator 0 (CONV_2D), input 0: tensor index 3 out of range, the subgraph has 3 tensors",
        "subgraph 0, output 0: tensor index 3 out of range, the subgraph has 3 tensors",
    ];
    check(change, &texts);
}

#[test]
fn a_list_of_problems_is_cut() {
    let mut model = small();
    operator(&mut model).inputs = Some(vec![77; 250]);
    let problems = Model::parse(&bytes(&model)).unwrap_err();
    assert_eq!(problems.len(), limits::MAX_PROBLEMS + 1);
    assert_eq!(problems.last().unwrap().text, "150 more problems are not listed");
}

#[test]
fn text_that_is_not_utf8_is_shown_anyway() {
    let mut model = small();
    tensor(&mut model, 0).name = Some(vec![b'a', 0xff, b'b']);
    let file = bytes(&model);
    assert_eq!(Model::parse(&file).unwrap().subgraphs[0].tensors[0].name, "a\u{fffd}b");
}

#[test]
fn long_names_are_cut_between_characters() {
    let mut model = small();
    let name = "x".to_owned() + &"é".repeat(2000);
    tensor(&mut model, 0).name = Some(name.into_bytes());
    let file = bytes(&model);
    let shown = &Model::parse(&file).unwrap().subgraphs[0].tensors[0].name;
    assert_eq!(**shown, "x".to_owned() + &"é".repeat(511) + "…");
}

#[test]
fn overlapping_tables_are_refused() {
    let mut builder = Builder::new();
    let large = schema::Tensor { shape: Some(vec![1; 1000]), ..Default::default() };
    let shared = planus::WriteAsOffset::<schema::Tensor>::prepare(&large, &mut builder);
    let none = [0_i32; 0];
    let graph = schema::SubGraph::create(&mut builder, vec![shared; 1000], none, none, (), (), -1);
    let mut model = small();
    model.subgraphs = None;
    let model = schema::Model::create(
        &mut builder,
        3_u32,
        model.operator_codes,
        vec![graph],
        (),
        (),
        (),
        (),
        (),
        (),
        (),
    );
    let file = identified(builder.finish(model, None));
    let problems = Model::parse(&file).unwrap_err();
    let text = "subgraph 0, tensor 1: the lists of this file overlap, reading stops";
    assert!(problems.iter().any(|problem| problem.text.contains(text)), "{problems:?}");
}
