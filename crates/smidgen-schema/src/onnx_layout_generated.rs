//! @generated from `schema/onnx.proto` by `cargo xtask schema`: do not edit.

use crate::layout::{Field, Layout};
use crate::onnx_generated::*;

/// What decoding a `ModelProto` allocates.
pub static MODEL_PROTO: Layout = Layout {
    bytes: size_of::<ModelProto>(),
    fields: &[
        (7, Field::Message(&GRAPH_PROTO)),
        (8, Field::Messages(&OPERATOR_SET_ID_PROTO)),
        (25, Field::Messages(&FUNCTION_PROTO)),
    ],
};

/// What decoding a `OperatorSetIdProto` allocates.
pub static OPERATOR_SET_ID_PROTO: Layout =
    Layout { bytes: size_of::<OperatorSetIdProto>(), fields: &[(1, Field::Text)] };

/// What decoding a `GraphProto` allocates.
pub static GRAPH_PROTO: Layout = Layout {
    bytes: size_of::<GraphProto>(),
    fields: &[
        (1, Field::Messages(&NODE_PROTO)),
        (2, Field::Text),
        (5, Field::Messages(&TENSOR_PROTO)),
        (11, Field::Messages(&VALUE_INFO_PROTO)),
        (12, Field::Messages(&VALUE_INFO_PROTO)),
        (13, Field::Messages(&VALUE_INFO_PROTO)),
        (15, Field::Messages(&SPARSE_TENSOR_PROTO)),
    ],
};

/// What decoding a `FunctionProto` allocates.
pub static FUNCTION_PROTO: Layout = Layout {
    bytes: size_of::<FunctionProto>(),
    fields: &[
        (1, Field::Text),
        (4, Field::Texts),
        (5, Field::Texts),
        (6, Field::Texts),
        (7, Field::Messages(&NODE_PROTO)),
        (9, Field::Messages(&OPERATOR_SET_ID_PROTO)),
        (10, Field::Text),
        (11, Field::Messages(&ATTRIBUTE_PROTO)),
        (12, Field::Messages(&VALUE_INFO_PROTO)),
        (13, Field::Text),
    ],
};

/// What decoding a `NodeProto` allocates.
pub static NODE_PROTO: Layout = Layout {
    bytes: size_of::<NodeProto>(),
    fields: &[
        (1, Field::Texts),
        (2, Field::Texts),
        (3, Field::Text),
        (4, Field::Text),
        (5, Field::Messages(&ATTRIBUTE_PROTO)),
        (7, Field::Text),
        (8, Field::Text),
    ],
};

/// What decoding a `AttributeProto` allocates.
pub static ATTRIBUTE_PROTO: Layout = Layout {
    bytes: size_of::<AttributeProto>(),
    fields: &[
        (1, Field::Text),
        (5, Field::Message(&TENSOR_PROTO)),
        (6, Field::Message(&GRAPH_PROTO)),
        (7, Field::Numbers(4)),
        (8, Field::Varints(8)),
        (9, Field::Contents),
        (21, Field::Text),
        (22, Field::Message(&SPARSE_TENSOR_PROTO)),
    ],
};

/// What decoding a `ValueInfoProto` allocates.
pub static VALUE_INFO_PROTO: Layout = Layout {
    bytes: size_of::<ValueInfoProto>(),
    fields: &[(1, Field::Text), (2, Field::Message(&TYPE_PROTO))],
};

/// What decoding a `TypeProto` allocates.
pub static TYPE_PROTO: Layout = Layout {
    bytes: size_of::<TypeProto>(),
    fields: &[
        (1, Field::Message(&TYPE_PROTO_TENSOR)),
        (4, Field::Message(&TYPE_PROTO_OTHER)),
        (5, Field::Message(&TYPE_PROTO_OTHER)),
        (7, Field::Message(&TYPE_PROTO_OTHER)),
        (8, Field::Message(&TYPE_PROTO_OTHER)),
        (9, Field::Message(&TYPE_PROTO_OTHER)),
    ],
};

/// What decoding a `Tensor` allocates.
pub static TYPE_PROTO_TENSOR: Layout = Layout {
    bytes: size_of::<type_proto::Tensor>(),
    fields: &[(2, Field::Message(&TENSOR_SHAPE_PROTO))],
};

/// What decoding a `Other` allocates.
pub static TYPE_PROTO_OTHER: Layout = Layout { bytes: size_of::<type_proto::Other>(), fields: &[] };

/// What decoding a `TensorShapeProto` allocates.
pub static TENSOR_SHAPE_PROTO: Layout = Layout {
    bytes: size_of::<TensorShapeProto>(),
    fields: &[(1, Field::Messages(&TENSOR_SHAPE_PROTO_DIMENSION))],
};

/// What decoding a `Dimension` allocates.
pub static TENSOR_SHAPE_PROTO_DIMENSION: Layout =
    Layout { bytes: size_of::<tensor_shape_proto::Dimension>(), fields: &[(2, Field::Text)] };

/// What decoding a `TensorProto` allocates.
pub static TENSOR_PROTO: Layout = Layout {
    bytes: size_of::<TensorProto>(),
    fields: &[
        (1, Field::Varints(8)),
        (3, Field::Message(&TENSOR_PROTO_SEGMENT)),
        (4, Field::Numbers(4)),
        (5, Field::Varints(4)),
        (6, Field::Contents),
        (7, Field::Varints(8)),
        (8, Field::Text),
        (10, Field::Numbers(8)),
        (11, Field::Varints(8)),
        (13, Field::Messages(&STRING_STRING_ENTRY_PROTO)),
    ],
};

/// What decoding a `Segment` allocates.
pub static TENSOR_PROTO_SEGMENT: Layout =
    Layout { bytes: size_of::<tensor_proto::Segment>(), fields: &[] };

/// What decoding a `SparseTensorProto` allocates.
pub static SPARSE_TENSOR_PROTO: Layout = Layout {
    bytes: size_of::<SparseTensorProto>(),
    fields: &[
        (1, Field::Message(&TENSOR_PROTO)),
        (2, Field::Message(&TENSOR_PROTO)),
        (3, Field::Varints(8)),
    ],
};

/// What decoding a `StringStringEntryProto` allocates.
pub static STRING_STRING_ENTRY_PROTO: Layout = Layout {
    bytes: size_of::<StringStringEntryProto>(),
    fields: &[(1, Field::Text), (2, Field::Text)],
};
