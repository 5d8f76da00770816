//! Files built in memory, for tests.

use smidgen_schema::planus::Builder;
use smidgen_schema::tflite as schema;

/// A well-formed model: one `CONV_2D` in float with an absent bias, a filter of one element and `SAME` padding.
pub(crate) fn small() -> schema::Model {
    let tensor = |name: &str, shape: [i32; 4], buffer| schema::Tensor {
        shape: Some(shape.to_vec()),
        name: Some(name.into()),
        buffer,
        ..Default::default()
    };
    let options = schema::Conv2DOptions { stride_h: 1, stride_w: 1, ..Default::default() };
    let operator = schema::Operator {
        inputs: Some(vec![0, 1, -1]),
        outputs: Some(vec![2]),
        builtin_options: Some(schema::BuiltinOptions::Conv2DOptions(Box::new(options))),
        ..Default::default()
    };
    let subgraph = schema::SubGraph {
        tensors: Some(vec![
            tensor("in", [1, 2, 3, 1], 0),
            tensor("filter", [1, 1, 1, 1], 1),
            tensor("out", [1, 2, 3, 1], 0),
        ]),
        inputs: Some(vec![0]),
        outputs: Some(vec![2]),
        operators: Some(vec![operator]),
        ..Default::default()
    };
    schema::Model {
        version: 3,
        operator_codes: Some(vec![schema::OperatorCode {
            deprecated_builtin_code: 3,
            ..Default::default()
        }]),
        subgraphs: Some(vec![subgraph]),
        buffers: Some(vec![
            schema::Buffer::default(),
            schema::Buffer { data: Some(vec![7; 4]), ..Default::default() },
        ]),
        ..Default::default()
    }
}

/// The file of a model.
pub(crate) fn bytes(model: &schema::Model) -> Vec<u8> {
    identified(Builder::new().finish(model, None))
}

/// Puts the identifier behind the root's offset; the builder of `planus` 1.3 would put it before.
pub(crate) fn identified(file: &[u8]) -> Vec<u8> {
    let (root, rest) = file.split_first_chunk::<4>().unwrap();
    let root = u32::from_le_bytes(*root) + 4;
    [&root.to_le_bytes(), &b"TFL3"[..], rest].concat()
}

/// The only subgraph.
pub(crate) fn subgraph(model: &mut schema::Model) -> &mut schema::SubGraph {
    &mut model.subgraphs.as_mut().unwrap()[0]
}

/// A tensor of the only subgraph.
pub(crate) fn tensor(model: &mut schema::Model, index: usize) -> &mut schema::Tensor {
    &mut subgraph(model).tensors.as_mut().unwrap()[index]
}

/// The only operator.
pub(crate) fn operator(model: &mut schema::Model) -> &mut schema::Operator {
    &mut subgraph(model).operators.as_mut().unwrap()[0]
}
