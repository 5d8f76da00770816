//! Tests of the importer on files built here.

use smidgen_schema::tflite as schema;

use super::*;
use crate::reader::tflite::sample::{bytes, operator, small, subgraph, tensor};
use crate::tensor::Data;

fn read(model: &schema::Model) -> Result<Graph, Vec<Diagnostic>> {
    let options = ReadOptions { name: "m".to_owned(), ..ReadOptions::default() };
    Tflite.read(&bytes(model), &options)
}

/// Changes the well-formed model and expects exactly these problems.
fn check(change: impl FnOnce(&mut schema::Model), problems: &[&str]) {
    let mut model = small();
    change(&mut model);
    let found = read(&model).map_or_else(|found| found, |_| Vec::new());
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found, problems);
}

/// Changes the well-formed model and expects this graph.
fn check_graph(change: impl FnOnce(&mut schema::Model), text: &str) {
    let mut model = small();
    change(&mut model);
    let graph = read(&model).unwrap().to_string();
    let operator = graph.lines().find(|line| line.contains(" = Conv2d(")).unwrap();
    let types = operator.rsplit_once(" (").unwrap().1;
    assert_eq!(types, text);
}

const CONVOLUTION: &str = "%0, const float32[1,1,1,1]) -> float32[1,2,3,1] \"out\"";

#[test]
fn a_convolution() {
    check_graph(|_| (), CONVOLUTION);
}

#[test]
fn an_open_batch_is_the_one_stored() {
    check_graph(|m| tensor(m, 0).shape_signature = Some(vec![-1, 2, 3, 1]), CONVOLUTION);
}

#[test]
fn open_shapes_are_inferred() {
    let change = |m: &mut schema::Model| {
        tensor(m, 2).shape = Some(vec![1, 1, 1, 1]);
        tensor(m, 2).shape_signature = Some(vec![-1, -1, -1, 1]);
    };
    check_graph(change, CONVOLUTION);
}

#[test]
fn an_open_image_size() {
    let text = "tensor `in`: is a model input of shape [-1, -1, 3, 1], of which -1 is open\n  \
                hint: convert the model with fixed input shapes";
    check(|m| tensor(m, 0).shape_signature = Some(vec![-1, -1, 3, 1]), &[text]);
}

#[test]
fn unknown_dimensions() {
    let text = "tensor `in`: has shape [1, -1, 3, 1], which is not known before the model runs\n  \
                hint: convert the model with fixed input shapes";
    check(|m| tensor(m, 0).shape = Some(vec![1, -1, 3, 1]), &[text]);
}

/// Adds a layer of a custom operator that reads tensor 2 and writes a new one.
fn add_custom(model: &mut schema::Model, name: &str) {
    let codes = model.operator_codes.as_mut().unwrap();
    codes.push(schema::OperatorCode {
        builtin_code: schema::BuiltinOperator::Custom,
        custom_code: Some(name.into()),
        ..Default::default()
    });
    let code = codes.len() as u32 - 1;
    let tensors = subgraph(model).tensors.as_mut().unwrap();
    let output = tensors.len() as i32;
    tensors.push(schema::Tensor { name: Some(name.into()), ..tensors[2].clone() });
    subgraph(model).operators.as_mut().unwrap().push(schema::Operator {
        opcode_index: code,
        inputs: Some(vec![output - 1]),
        outputs: Some(vec![output]),
        ..Default::default()
    });
    subgraph(model).outputs = Some(vec![output]);
}

/// Appends two custom layers and expects both to be listed, whatever is known of the shapes between them.
fn check_two_unsupported(signature: Option<Vec<i32>>) {
    let text = |index: usize, name: &str| {
        format!(
            "layer {index} {name} `{name}`: is a custom operator\n  \
             hint: supply its C with --custom, or convert the model with builtin operators only"
        )
    };
    let change = |m: &mut schema::Model| {
        tensor(m, 2).shape_signature = signature;
        add_custom(m, "Foo");
        add_custom(m, "Bar");
    };
    check(change, &[&text(1, "Foo"), &text(2, "Bar")]);
}

#[test]
fn all_unsupported_operators_are_listed() {
    check_two_unsupported(None);
}

#[test]
fn all_unsupported_operators_are_listed_where_the_batch_is_open() {
    check_two_unsupported(Some(vec![-1, 2, 3, 1]));
}

#[test]
fn all_unsupported_operators_are_listed_where_shapes_are_open() {
    check_two_unsupported(Some(vec![-1, -1, 3, 1]));
}

#[test]
fn several_subgraphs() {
    let text = "model: has 2 entries, only models of one are supported\n  \
                hint: export a single signature";
    let change = |m: &mut schema::Model| {
        let graph = subgraph(m).clone();
        m.subgraphs.as_mut().unwrap().push(graph);
    };
    check(change, &[text]);
}

#[test]
fn a_layer_that_reads_its_own_output() {
    let text = "layer 0 CONV_2D `out`: reads tensor `out` before any layer has computed it";
    check(|m| operator(m).inputs = Some(vec![2, 1]), &[text]);
}

#[test]
fn a_layer_that_writes_a_model_input() {
    let change = |m: &mut schema::Model| {
        operator(m).outputs = Some(vec![0]);
        subgraph(m).outputs = Some(vec![0]);
    };
    let text = "layer 0 CONV_2D `in`: defines tensor `in`, which is already defined";
    check(change, &[text]);
}

#[test]
fn missing_quantisation() {
    let change = |m: &mut schema::Model| {
        for index in 0..3 {
            tensor(m, index).type_ = schema::TensorType::Int8;
        }
        m.buffers.as_mut().unwrap()[1].data = Some(vec![1]);
    };
    let text = "layer 0 CONV_2D `out`: input 0 has no scale and zero point\n  \
                hint: convert the model with full integer quantisation";
    check(change, &[text]);
}

#[test]
fn activations_of_float16() {
    let text = "tensor `in`: has element type `FLOAT16`, which is not supported\n  \
                hint: convert the model to float32 or to int8";
    check(|m| tensor(m, 0).type_ = schema::TensorType::Float16, &[text]);
}

#[test]
fn content_of_another_size() {
    let text = "layer 0 CONV_2D `out`: input 1 (`filter`) holds 4 bytes, but its type float32[1,1,1,2] takes 8";
    check(|m| tensor(m, 1).shape = Some(vec![1, 1, 1, 2]), &[text]);
}

#[test]
fn a_tensor_above_the_limit() {
    let change = |m: &mut schema::Model| {
        tensor(m, 0).shape = Some(vec![1, 1 << 12, 1 << 12, 2]);
    };
    let text =
        "tensor `in`: has type float32[1,4096,4096,2] of 134217728 bytes, the limit is 67108864";
    check(change, &[text]);
}

#[test]
fn options_of_another_operator() {
    let options = schema::BuiltinOptions::Pool2DOptions(Box::default());
    let text = "layer 0 CONV_2D `out`: its options belong to another operator";
    check(|m| operator(m).builtin_options = Some(options), &[text]);
}

#[test]
fn a_stride_of_zero() {
    let options = schema::BuiltinOptions::Conv2DOptions(Box::default());
    let text = "layer 0 CONV_2D `out`: stride is 0, it must be at least 1";
    check(|m| operator(m).builtin_options = Some(options), &[text]);
}

#[test]
fn weights_of_a_float_layer_are_dequantised() {
    let mut model = small();
    let filter = tensor(&mut model, 1);
    filter.type_ = schema::TensorType::Int8;
    filter.shape = Some(vec![2, 1, 1, 1]);
    filter.quantization = Some(Box::new(schema::QuantizationParameters {
        scale: Some(vec![0.5, 2.0]),
        zero_point: Some(vec![0, 0]),
        ..Default::default()
    }));
    tensor(&mut model, 2).shape = Some(vec![1, 2, 3, 2]);
    model.buffers.as_mut().unwrap()[1].data = Some(vec![3, 0xff]);
    let graph = read(&model).unwrap();
    let weights = graph.value(graph.nodes()[0].inputs[1]).constant.as_deref();
    assert_eq!(weights, Some(&Data::F32(vec![1.5, -2.0])));
}

#[test]
fn a_variable_with_a_content() {
    let text = "layer 0 CONV_2D `out`: is a variable tensor with a content in the file";
    check(|m| tensor(m, 1).is_variable = true, &[text]);
}

#[test]
fn layers_have_unique_short_names() {
    let mut model = small();
    tensor(&mut model, 2).name = Some("relu;conv/BiasAdd".into());
    let mut second = operator(&mut model).clone();
    second.inputs = Some(vec![2, 1]);
    second.outputs = Some(vec![3]);
    let copy = tensor(&mut model, 2).clone();
    subgraph(&mut model).tensors.as_mut().unwrap().push(copy);
    subgraph(&mut model).operators.as_mut().unwrap().push(second);
    let graph = read(&model).unwrap();
    let names: Vec<_> = graph.nodes().iter().map(|node| node.name.as_str()).collect();
    assert_eq!(names, ["relu", "relu_1"]);
}

#[test]
fn a_model_without_output() {
    let text = "model: has no output: there is nothing to compute";
    check(|m| subgraph(m).outputs = None, &[text]);
}

#[test]
fn a_constant_output_is_written_by_a_layer() {
    let mut model = small();
    subgraph(&mut model).outputs = Some(vec![1, 2, 1]);
    let graph = read(&model).unwrap();
    let kinds: Vec<_> = graph.nodes().iter().map(|node| node.op.name()).collect();
    assert_eq!(kinds, ["CONV_2D", "COPY", "COPY"]);
    let names: Vec<_> = graph.outputs().iter().map(|&id| &*graph.value(id).name).collect();
    assert_eq!(names, ["filter", "out", "filter"]);
}
