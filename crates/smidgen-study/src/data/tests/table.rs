//! CSV files.

use super::*;

fn rows(text: &str, change: impl Fn(&mut Spec), expected: &[[f32; 2]]) {
    let files = Files::new();
    let mut spec = Spec::new(files.write("x.csv", text));
    change(&mut spec);
    let expected: Vec<Data> = expected.iter().map(|row| Data::F32(row.to_vec())).collect();
    check(&spec, float(&[1, 2]), &expected);
}

fn bad(text: impl AsRef<[u8]>, change: impl Fn(&mut Spec), parts: &[&str]) {
    let files = Files::new();
    let mut spec = Spec::new(files.write("x.csv", text));
    change(&mut spec);
    refused(&spec, float(&[1, 2]), &[parts, &["x.csv"]].concat());
}

fn plainly(_: &mut Spec) {}

#[test]
fn headers_are_found() {
    rows("1,2\n3,4\n", plainly, &[[1.0, 2.0], [3.0, 4.0]]);
    rows("a,b\n3,4\n", plainly, &[[3.0, 4.0]]);
    rows("a,b,label\n3,4,x\n", plainly, &[[3.0, 4.0]]);
    rows("1.5,2,cat\n3,4,dog\n", plainly, &[[1.5, 2.0], [3.0, 4.0]]);
    rows("0,1\n3,4\n", |s| s.header = Some(true), &[[3.0, 4.0]]);
    rows("\u{feff}a,b\n3,4", plainly, &[[3.0, 4.0]]);
}

#[test]
fn separators_are_found() {
    rows("a;b\n3;4e-1\n", plainly, &[[3.0, 0.4]]);
    rows("a\tb\r\n 3\t4 \r\n", plainly, &[[3.0, 4.0]]);
    rows("\"a\",\"b\"\n\"3\",\"4\"\n", plainly, &[[3.0, 4.0]]);
}

#[test]
fn the_column_of_labels_is_left_out() {
    let column = |name: &'static str| move |s: &mut Spec| s.label_column = Some(name.into());
    rows("label,a,b\n9,3,4\n", plainly, &[[3.0, 4.0]]);
    rows("a,kind,b\n3,9,4\n", column("kind"), &[[3.0, 4.0]]);
    rows("9,3,4\n8,5,6\n", column("0"), &[[3.0, 4.0], [5.0, 6.0]]);
    rows("x,3,4\ny,5,6\n", column("0"), &[[3.0, 4.0], [5.0, 6.0]]);
    rows("3,4,9\n", column("-1"), &[[3.0, 4.0]]);
    bad("a,b,c\n1,2,3\n", column("d"), &["no column `d`", "a, b, c"]);
    bad("1,2,3\n", column("7"), &["no column `7`", "3 columns"]);
}

#[test]
fn bad_cells_are_named() {
    bad("a,b\n1,2\n3,x\n", plainly, &["line 3, column 2 (`b`): `x` is no number"]);
    bad("1,2\n3,\n", plainly, &["line 2, column 2: is empty"]);
    bad("1,2\nnan,4\n", plainly, &["line 2, column 1: `nan` is not finite"]);
    bad("1,2\n-inf,4\n", plainly, &["`-inf` is not finite"]);
    bad("1,2\n3,4,5\n", plainly, &["line 2 has 3 cells, the first row has 2"]);
    bad(b"1,2\n3,\xff\n", plainly, &["line 2, column 2: is no UTF-8"]);
}

#[test]
fn bad_tables_are_refused() {
    bad("", plainly, &["is empty"]);
    bad("a,b\n", plainly, &["has no samples"]);
    bad("1,2,3,4\n", plainly, &["4 columns", "2 numbers", "`a` [1,2]"]);
    bad("1\n", plainly, &["1 columns"]);
    bad("a,b,c,label\n1,2,3,4\n", plainly, &["3 columns besides the labels in column 4"]);
}

#[test]
fn rows_without_end_are_refused() {
    bad("1".repeat(20 << 20), plainly, &["a row has more than 16 MiB"]);
    bad(format!("1,2\n\"{}", "x\n".repeat(10 << 20)), plainly, &["a row has more than 16 MiB"]);
}

#[test]
fn rows_follow_the_inputs() {
    let files = Files::new();
    let spec = Spec::new(files.write("x.csv", "1,2,3\n4,5,6\n"));
    let samples = read(&spec, &[float(&[1]), plain(DType::I32, &[2])]).unwrap();
    let expected = [
        vec![Data::F32(vec![1.0]), Data::I32(vec![2, 3])],
        vec![Data::F32(vec![4.0]), Data::I32(vec![5, 6])],
    ];
    assert_eq!(samples, expected);
}

#[test]
fn cells_are_real_numbers_unless_they_are_said_to_be_codes() {
    let files = Files::new();
    let mut spec = Spec::new(files.write("x.csv", "1,2\n"));
    let ty = || quantised(DType::I8, &[2], 0.5, 10);
    check(&spec, ty(), &[Data::I8(vec![12, 14])]);
    spec.numbers.meaning = Meaning::Codes;
    check(&spec, ty(), &[Data::I8(vec![1, 2])]);
    let mut spec = Spec::new(files.write("y.csv", "1,2.5\n"));
    spec.numbers.meaning = Meaning::Codes;
    refused(&spec, ty(), &["y.csv", "line 1", "element 1 is `2.5`"]);
}
