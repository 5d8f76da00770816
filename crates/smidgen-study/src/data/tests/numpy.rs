//! `.npz` and `.npy` files.

use super::*;

/// An `.npy` file by the format's description: magic, version, length of the header, header,
/// elements.
fn npy(descr: &str, shape: &str, elements: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(elements);
    bytes
}

fn array(bytes: Vec<u8>, input: TensorType, expected: &[Data]) {
    let files = Files::new();
    check(&Spec::new(files.write("x.npy", bytes)), input, expected);
}

fn bad(bytes: Vec<u8>, input: TensorType, parts: &[&str]) {
    let files = Files::new();
    refused(&Spec::new(files.write("x.npy", bytes)), input, parts);
}

#[test]
fn arrays_are_found_by_the_names_of_inputs() {
    let files = Files::new();
    let one = |x: f32| Data::F32(vec![x]);
    let two = || [float(&[1]), float(&[1])];
    let path = files.npz(&[("b", &[1, 1], one(2.0)), ("a", &[1, 1], one(1.0))]);
    assert_eq!(read(&Spec::new(path), &two()).unwrap(), [vec![one(1.0), one(2.0)]]);
    let path = files.npz(&[("in0", &[1, 1], one(3.0)), ("in1", &[1, 1], one(4.0))]);
    assert_eq!(read(&Spec::new(path), &two()).unwrap(), [vec![one(3.0), one(4.0)]]);
    let path = files.npz(&[("x", &[1, 1], one(5.0)), ("z", &[1, 1], one(6.0))]);
    check(&Spec::new(path), float(&[1]), &[one(5.0)]);
    let path = files.npz(&[("images", &[1, 1], one(7.0)), ("y", &[1], one(0.0))]);
    check(&Spec::new(path), float(&[1]), &[one(7.0)]);
    let path = files.npz(&[("images", &[1, 1], one(7.0)), ("other", &[1], one(0.0))]);
    refused(&Spec::new(path), float(&[1]), &["no array `in0`", "images, other"]);
}

#[test]
fn inputs_need_the_same_number_of_samples() {
    let files = Files::new();
    let (two, three) = (Data::F32(vec![0.0; 2]), Data::F32(vec![0.0; 3]));
    let path = files.npz(&[("in0", &[2, 1], two), ("in1", &[3, 1], three)]);
    let error = read(&Spec::new(path), &[float(&[1]), float(&[1])]).unwrap_err().to_string();
    assert!(error.contains("different numbers of samples: [2, 3]"), "{error}");
}

#[test]
fn wrong_shapes_are_explained() {
    let files = Files::new();
    let path = files.npz(&[("in0", &[2, 3, 4, 5], Data::F32(vec![0.0; 120]))]);
    let parts = ["`in0`", "[2, 3, 4, 5]", "[1, 4, 5, 3]", "x.transpose(0, 2, 3, 1)"];
    refused(&Spec::new(path), float(&[1, 4, 5, 3]), &parts);
}

#[test]
fn types_that_no_model_has_are_widened() {
    let real = |x: f32| [Data::F32(vec![x])];
    array(npy("<f8", "(1, 1)", &0.1f64.to_le_bytes()), float(&[1]), &real(0.1));
    array(npy(">f4", "(1, 1)", &2.5f32.to_be_bytes()), float(&[1]), &real(2.5));
    array(npy("<f2", "(1, 1)", &0x3e00u16.to_le_bytes()), float(&[1]), &real(1.5));
    let ids = || plain(DType::I64, &[1]);
    array(npy("<u4", "(1, 1)", &u32::MAX.to_le_bytes()), ids(), &[Data::I64(vec![0xffff_ffff])]);
    array(npy("<u2", "(1, 1)", &u16::MAX.to_le_bytes()), ids(), &[Data::I64(vec![0xffff])]);
    bad(npy("<u8", "(1, 1)", &u64::MAX.to_le_bytes()), ids(), &["element 0 is out of range"]);
    bad(npy("<f8", "(1, 1)", &1e300f64.to_le_bytes()), float(&[1]), &["element 0 is out of range"]);
    bad(npy("<c8", "(1, 1)", &[0; 8]), float(&[1]), &["element type `<c8`"]);
}

#[test]
fn bad_arrays_are_refused() {
    bad(npy("<f4", "(2, 1)", &[0; 7]), float(&[1]), &["x.npy", "cannot be read"]);
    bad(npy("<f4", "(0, 1)", &[]), float(&[1]), &["has no samples"]);
    bad(b"garbage".to_vec(), float(&[1]), &["is no NumPy array"]);
    bad(b"\x93NUMPY\x01\x00\xff\xff{}".to_vec(), float(&[1]), &["is no NumPy array"]);
    bad(npy("<f4", "(1000000000000, 1)", &[]), float(&[1]), &["more than 1024 MiB"]);
    bad(npy("<f4", "(18446744073709551615, 9)", &[]), float(&[1]), &["more than 1024 MiB"]);
    bad(npy("<f4", "(99999999999999999999,)", &[]), float(&[1]), &["more than 1024 MiB"]);
    bad(npy("<f4", "(-1, 1)", &[]), float(&[1]), &["no proper shape"]);
    bad(npy("<f4", "5", &[]), float(&[1]), &["no proper shape"]);
    bad(npy("<f4", "(1,), 'shape': (1, 1)", &[0; 4]), float(&[1]), &["structured"]);
    bad(npy("<f4", &"(".repeat(5000), &[]), float(&[1]), &["structured"]);
    let mut order = npy("<f4", "(1, 1)", &[0; 4]);
    let at = order.windows(5).position(|w| w == b"False").unwrap();
    order[at..at + 5].copy_from_slice(b"True ");
    bad(order, float(&[1]), &["column-major", "ascontiguousarray"]);
}

#[test]
fn a_header_that_claims_gigabytes_costs_nothing() {
    let mut bytes = b"\x93NUMPY\x02\x00".to_vec();
    bytes.extend(u32::MAX.to_le_bytes());
    bad(bytes, float(&[1]), &["is no NumPy array"]);
    bad(npy("<f4", "(60000000, 1)", &[0; 4]), float(&[1]), &["cannot be read"]);
}

#[test]
fn one_array_suits_one_input() {
    let files = Files::new();
    let spec = Spec::new(files.write("x.npy", npy("<f4", "(1, 1)", &[0; 4])));
    let error = read(&spec, &[float(&[1]), float(&[1])]).unwrap_err().to_string();
    assert!(error.contains("holds one array, but the model has 2 inputs"), "{error}");
}

#[test]
fn archives_that_are_none_are_refused() {
    let files = Files::new();
    refused(&Spec::new(files.write("x.npz", "no archive")), float(&[1]), &["is no `.npz` file"]);
    refused(
        &Spec::new(files.write("x.dat", "")),
        float(&[1]),
        &["x.dat", "none of what can be read"],
    );
    refused(&files.spec("missing.npz"), float(&[1]), &["cannot read", "missing.npz"]);
}
