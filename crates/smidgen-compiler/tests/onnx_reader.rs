//! Small ONNX files: what is good is read as ONNX's own library reads it, what is bad is refused in words.

use smidgen_compiler::reader::onnx::{
    Attribute, AttributeError, Bytes, Dim, ElementType, Externals, Graph, Model, Node, ValueType,
    external_files,
};
use std::fs;
use std::path::PathBuf;

const HEX: &[u8; 16] = b"0123456789abcdef";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/onnx")
}

/// Paths of the models in a folder.
fn models(kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder().join(kind)).expect("the repository has fixtures");
    let paths = entries.flatten().map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "onnx")).collect()
}

/// A fixture, by its path in the folder.
fn file(path: &str) -> Vec<u8> {
    fs::read(folder().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn externals() -> Externals {
    let weights = Bytes::from(file("good/weights.bin"));
    ["weights.bin", "./weights.bin"].map(|name| (name.to_owned(), weights.clone())).into()
}

fn good(name: &str) -> Model {
    let bytes = file(&format!("good/{name}.onnx"));
    Model::parse(&bytes, &externals()).unwrap_or_else(|problems| panic!("{name}: {problems:?}"))
}

/// Expects exactly these problems, which name their place.
fn check_bad(name: &str, problems: &[&str]) {
    let bytes = file(&format!("bad/{name}.onnx"));
    let found = Model::parse(&bytes, &externals()).map_or_else(|found| found, |_| Vec::new());
    let found: Vec<_> = found.iter().map(|p| format!("{}: {}", p.at, p.text)).collect();
    assert_eq!(found, problems);
}

/// A model as `scripts/fixtures/make_onnx.py` lists it.
fn listing(name: &str) -> String {
    let graph = good(name).graph;
    let tensors = graph.initializers.iter().map(|tensor| {
        let digits = |byte: u8| [byte >> 4, byte & 15].map(|digit| char::from(HEX[digit as usize]));
        let hex: String = tensor.bytes.iter().flat_map(|byte| digits(*byte)).collect();
        let hex = if hex.is_empty() { "-" } else { &hex };
        let kind = tensor.element.as_str_name();
        format!("  tensor {} {kind} {:?} {hex}\n", tensor.name, tensor.dims)
    });
    let text = tensors.fold(format!("{name}\n"), |text, line| text + &line);
    text + "  nodes " + &operators(&graph).join(" ") + "\n"
}

fn operators(graph: &Graph) -> Vec<String> {
    let inner = |node: &Node| -> String {
        let graphs = node.attributes.iter().filter_map(|(_, attribute)| match attribute {
            Attribute::Graph(graph) => Some(format!("({})", operators(graph).join(" "))),
            _ => None,
        });
        node.op_type.clone() + &graphs.collect::<String>()
    };
    // ONNX's library renames the results of functions that are arguments; here, nodes copy them.
    let written = graph.nodes.iter().filter(|node| !node.name.contains("/output_"));
    written.map(inner).collect()
}

#[test]
fn good_files_are_read_as_onnx_reads_them() {
    let expected = String::from_utf8(file("good.txt")).unwrap();
    let names: Vec<_> = expected.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(names.len(), models("good").len());
    let found: String = names.iter().map(|name| listing(name)).collect();
    // Sparse tensors become dense ones, which ONNX's library leaves to its runtimes.
    let sparse = "  tensor flat FLOAT [2, 3] 000000000000803f000000000000000000000000\
        00000040\n  tensor pairs FLOAT [2, 3] 0000000000000000000040400000804000000000\
        00000000\n";
    assert_eq!(found.replace(sparse, ""), expected);
    assert_ne!(found.len(), expected.len());
}

#[test]
fn good_files_are_detected_and_others_are_not() {
    for path in models("good") {
        assert!(Model::detect(&fs::read(path).unwrap()));
    }
    for bytes in [&b""[..], b"\x08", b"text", b"PK\x03\x04", b"\x08\x08\x12\x04onnx"] {
        assert!(!Model::detect(bytes), "{bytes:?}");
    }
}

#[test]
fn dimensions_are_fixed_named_or_open() {
    let graph = good("shapes").graph;
    let ty = |dims| ValueType::Tensor { element: ElementType::Float, dims };
    let named = vec![Dim::Named("batch".to_owned()), Dim::Open, Dim::Fixed(3)];
    let types: Vec<_> = graph.inputs.iter().map(|info| info.ty.clone()).collect();
    assert_eq!(types, [ty(Some(named)), ty(Some(vec![])), ty(None)]);
    let dims = Some(vec![Dim::Open, Dim::Fixed(4)]);
    assert_eq!(graph.value_infos[0].ty, ValueType::Tensor { element: ElementType::Int8, dims });
}

#[test]
fn inputs_that_are_no_tensors_are_named() {
    let graph = good("other_values").graph;
    let others = ["sequence", "optional", "map", "sparse tensor"].map(ValueType::Other);
    assert_eq!(graph.inputs[1..].iter().map(|info| info.ty.clone()).collect::<Vec<_>>(), others);
}

#[test]
fn absent_ports_are_none_and_none_is_last() {
    let nodes = good("optional_ports").graph.nodes;
    assert_eq!(
        [nodes[0].input(0), nodes[0].input(1), nodes[0].input(2)],
        [Some("x"), None, Some("top")]
    );
    assert_eq!([nodes[1].inputs.len(), nodes[2].outputs.len()], [1, 1]);
    assert_eq!([&*nodes[0].name, &*nodes[1].name], ["clip", "k"]);
}

#[test]
fn attributes_are_read_by_type() {
    let nodes = good("attributes").graph.nodes;
    assert_eq!(nodes[0].float("value_float", 0.0), Ok(0.5));
    assert_eq!(nodes[1].int("value_int", 0), Ok(-7));
    assert_eq!(nodes[2].string("value_string", ""), Ok("text"));
    assert_eq!(nodes[3].floats("value_floats"), Ok(Some(&[0.5, 1.5][..])));
    assert_eq!(nodes[4].ints("value_ints"), Ok(Some(&[1, -2][..])));
    assert_eq!(nodes[5].get("value_strings"), Ok(Some(vec!["p", "q"])));
    assert_eq!(nodes[6].tensor("value").unwrap().unwrap().dims, [3]);
    let sparse = nodes[7].tensor("sparse_value").unwrap().unwrap();
    assert_eq!(sparse.bytes, [0.0_f32, 5.0, 0.0, 6.0].map(f32::to_le_bytes).concat());
}

#[test]
fn wrong_attributes_are_named() {
    let nodes = good("attributes").graph.nodes;
    let text = |error: AttributeError| error.to_string();
    let wrong = nodes[0].int("value_float", 0).map_err(text);
    assert_eq!(wrong, Err("attribute `value_float` must be an integer, not a float".to_owned()));
    let missing = nodes[0].require::<i64>("axis").map_err(text);
    assert_eq!(missing, Err("attribute `axis` is missing".to_owned()));
    let flag = nodes[1].flag("value_int", true).map_err(text);
    assert_eq!(flag, Err("attribute `value_int` must be 0 or 1, not another integer".to_owned()));
    assert_eq!(nodes[0].int("absent", 3), Ok(3));
}

#[test]
fn an_initializer_is_no_input() {
    let graph = good("initializer_is_input").graph;
    assert_eq!(graph.inputs.iter().map(|info| &*info.name).collect::<Vec<_>>(), ["x"]);
    assert_eq!(graph.value_infos[0].name, "w");
}

#[test]
fn attributes_of_functions_are_bound() {
    let nodes = good("function").graph.nodes;
    let slopes = [nodes[0].float("alpha", 9.0), nodes[2].float("alpha", 9.0)];
    assert_eq!(slopes, [Ok(0.25), Ok(0.5)]);
    assert_eq!([nodes[1].int("axis", 9), nodes[3].int("axis", 9)], [Ok(0), Ok(1)]);
}

#[test]
fn names_of_functions_do_not_meet() {
    let graph = good("functions_nested").graph;
    let names: Vec<_> = graph.nodes.iter().filter_map(|node| node.output(0)).collect();
    assert_eq!(names, ["h/h", "h/y/h", "h", "y/h", "y/y/h", "y"]);
    let branch = graph.nodes[3].graph("then_branch").unwrap();
    assert_eq!(branch.nodes[0].input(0), Some("h"));
}

#[test]
fn ports_of_functions_may_be_absent() {
    let nodes = good("function_ports").graph.nodes;
    assert_eq!(nodes[0].inputs, [Some("x".to_owned())]);
    assert_eq!((nodes[2].input(0), nodes[2].output(0)), (Some("x"), Some("same")));
}

#[test]
fn versions_belong_to_domains() {
    let model = good("quantised");
    let bound: Vec<_> =
        model.graph.nodes.iter().map(|node| (&*node.domain, node.version)).collect();
    assert_eq!(bound, [("", 17), ("com.microsoft", 1), ("", 17)]);
    assert_eq!(good("newest").opsets.keys().collect::<Vec<_>>(), [""]);
}

#[test]
fn external_files_are_listed() {
    let files = |name: &str| external_files(&file(name));
    let found = files("good/external_data.onnx");
    assert_eq!(found, Ok(vec!["./weights.bin".to_owned(), "weights.bin".to_owned()]));
    assert_eq!(files("good/relu.onnx"), Ok(Vec::new()));
    for (file, name) in [
        ("external_escapes", "../weights.bin"),
        ("external_absolute", "/etc/passwd"),
        ("external_without_location", ""),
    ] {
        let problems = files(&format!("bad/{file}.onnx")).unwrap_err();
        let text =
            format!("tensors lie in the file `{name}`, which is not below the model's folder");
        assert_eq!(problems[0].text, text);
    }
}

macro_rules! bad {
    ($($name:ident: $($problem:literal),+;)*) => {
        $(#[test]
        fn $name() {
            check_bad(stringify!($name), &[$($problem),+]);
        })*

        #[test]
        fn every_bad_file_has_its_words() {
            let named = [$(stringify!($name)),*].len();
            assert_eq!(named, models("bad").len());
        }
    };
}

bad! {
    newer_structure: "model: the file has IR version 99, known are 3 to 14";
    no_opset: "model: the model imports no operator set",
        "layer 0 Relu `y`: is of domain ``, which the model does not import";
    foreign_domain: "layer 0 Fancy `y`: is of domain `com.example`, which the model does not import";
    out_of_order: "layer 0 Neg `y`: reads `h`, which is computed later: the layers of the file are out of order";
    cycle: "layer 0 Add `y`: reads `y`, which is computed later: the layers of the file are out of order";
    defined_twice: "tensor `y`: is defined twice";
    output_of_nothing: "tensor `y`: is an output of the graph, but nothing computes it";
    short_content: "tensor `w`: holds 20 bytes, but its type and shape take 24";
    gigabytes: "tensor `w`: has shape [65536, 65536], the limit is 67108864 bytes";
    negative_shape: "tensor `w`: has shape [-2, 3]";
    unknown_type: "tensor `w`: has element type 77, which is unknown";
    sparse_index_outside: "tensor `w`: has index 6 along 6 elements";
    sparse_gigabytes: "model: contents and functions of this file take too much memory";
    external_missing: "tensor `w`: lies in the file `absent.bin`, which is missing";
    external_escapes: "tensor `w`: lies in the file `../weights.bin`, which is missing";
    external_absolute: "tensor `w`: lies in the file `/etc/passwd`, which is missing";
    external_without_location: "tensor `w`: lies in the file ``, which is missing";
    external_outside_of_the_file: "tensor `w`: takes 24 bytes at offset 24 of `weights.bin`, which has 40 bytes";
    external_of_another_length: "tensor `w`: takes 20 bytes of `weights.bin`, but its type takes 24";
    external_offset_is_no_number: "tensor `w`: states the offset `-1` in `weights.bin`, which is no number";
    function_calls_itself: "layer 0 F `b`: calls itself";
    functions_without_end: "model: contents and functions of this file take too much memory";
    functions_too_deep: "model: graphs and functions are nested more than 32 deep";
    too_many_arguments: "layer 0 F `y`: calls a function of 1 inputs with 2";
    reference_outside_of_functions: "layer 0 LeakyRelu `y`: attribute `alpha` refers to the attribute of a function, but stands in none";
    attribute_without_type: "layer 0 LeakyRelu `y`: attribute `alpha` has no type";
    attribute_twice: "layer 0 LeakyRelu `y`: has attribute `alpha` twice";
}

#[test]
fn damaged_bytes_are_no_model() {
    let text = "the file is no well-formed ONNX model; it may be truncated";
    let bytes = file("good/relu.onnx");
    let problems = Model::parse(&bytes[..bytes.len() - 1], &externals()).unwrap_err();
    assert_eq!(problems[0].text, text);
}
