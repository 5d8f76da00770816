//! Labels from every place that may have them, and what they are good for.

use super::images::rgb;
use super::*;

fn pixel(shade: u8) -> Vec<u8> {
    rgb(1, 1, &[shade; 3])
}

fn open(spec: &Spec) -> Result<Dataset, Error> {
    Dataset::open(spec, &graph(&[float(&[1, 1, 1, 1])]))
}

fn classes(spec: &Spec, indices: &[usize], names: &[&str]) {
    let dataset = open(spec).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(dataset.class_labels(100).unwrap(), indices);
    assert_eq!(dataset.classes(), names);
    assert_eq!(dataset.label(0), Some(Label::Class(indices[0])));
}

fn bad(spec: &Spec, parts: &[&str]) {
    let text = match open(spec) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("expected {parts:?}"),
    };
    assert!(parts.iter().all(|part| text.contains(part)), "{parts:?} are missing: {text}");
}

fn table(text: &str, change: impl Fn(&mut Spec)) -> (Files, Spec) {
    let files = Files::new();
    let mut spec = Spec::new(files.write("x.csv", text));
    change(&mut spec);
    (files, spec)
}

#[track_caller]
fn numbers(dataset: &Dataset, width: usize, values: &[f64], integers: Option<DType>) {
    let values = values.to_vec();
    assert_eq!(dataset.expected(), Expected::Numbers { width, values, integers });
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[test]
fn columns_hold_classes_names_or_numbers() {
    classes(&table("1,2\n3,0\n", |_| {}).1, &[2, 0], &[]);
    classes(&table("1,b\n3,a\n5,b\n", |_| {}).1, &[1, 0, 1], &["a", "b"]);
    let given = |s: &mut Spec| s.classes = names(&["b", "c", "a"]);
    classes(&table("1,b\n3,a\n", given).1, &[0, 2], &["b", "c", "a"]);
    classes(&table("1,2\n3,0\n", given).1, &[2, 0], &["b", "c", "a"]);
    let (_files, spec) = table("1,0.5\n3,-2\n", |_| {});
    let dataset = open(&spec).unwrap();
    numbers(&dataset, 1, &[0.5, -2.0], None);
    assert_eq!(dataset.label(1), Some(Label::Values(&[-2.0])));
}

#[test]
fn labels_that_no_class_has_are_refused() {
    let given = |s: &mut Spec| s.classes = names(&["a", "b"]);
    bad(&table("1,a\n3,c\n", given).1, &["label 1, `c`, is none of the classes a, b"]);
    bad(&table("1,0\n3,2\n", given).1, &["sample 1 is 2, but only 2 classes"]);
    bad(&table("1,0\n3,0.5\n", given).1, &["numbers, but 2 classes"]);
    let (_files, spec) = table("5,0\n6,7\n", |_| {});
    let error = open(&spec).unwrap().class_labels(7).unwrap_err().to_string();
    assert!(
        error.contains("line 2: label 7 is out of range") && error.contains("0 to 6"),
        "{error}"
    );
}

#[test]
fn arrays_hold_classes_or_numbers() {
    let files = Files::new();
    let x = || Data::F32(vec![0.0; 2]);
    let labelled = |name: &str, shape: &[usize], data| {
        Spec::new(files.npz(&[("in0", &[2, 1, 1, 1], x()), (name, shape, data)]))
    };
    classes(&labelled("labels", &[2], Data::I64(vec![3, 1])), &[3, 1], &[]);
    classes(&labelled("y", &[2, 1], Data::U8(vec![3, 1])), &[3, 1], &[]);
    classes(&labelled("y", &[2], Data::Bool(vec![true, false])), &[1, 0], &[]);
    let chosen = Spec {
        label_column: Some("truth".into()),
        ..labelled("truth", &[2], Data::I8(vec![4, 5]))
    };
    classes(&chosen, &[4, 5], &[]);
    let spec = labelled("y", &[2, 2], Data::F32(vec![0.0, 1.0, 2.0, 3.0]));
    let dataset = open(&spec).unwrap();
    numbers(&dataset, 2, &[0.0, 1.0, 2.0, 3.0], None);
    assert_eq!(dataset.label(1), Some(Label::Values(&[2.0, 3.0])));
    let error = dataset.class_labels(4).unwrap_err().to_string();
    assert!(error.contains("numbers, not classes"), "{error}");
    bad(&labelled("y", &[3], Data::I8(vec![0; 3])), &["2 samples", "3 labels"]);
    bad(&labelled("y", &[2], Data::F32(vec![0.0, f32::NAN])), &["sample 1 is `NaN`"]);
}

#[test]
fn arrays_of_outputs_hold_numbers() {
    let files = Files::new();
    let x = || Data::F32(vec![0.0; 2]);
    let spec = |name: &str, data| {
        let path = files.npz(&[("in0", &[2, 1, 1, 1], x()), (name, &[2, 1], data)]);
        Spec::new(path).with_outputs().unwrap()
    };
    let dataset = open(&spec("out0", Data::I8(vec![3, 1]))).unwrap();
    numbers(&dataset, 1, &[3.0, 1.0], Some(DType::I8));
    assert_eq!(
        open(&spec("labels", Data::I8(vec![3, 1]))).unwrap().label(0),
        Some(Label::Class(3))
    );
    assert_eq!(open(&spec("out1", Data::I8(vec![3, 1]))).unwrap().expected(), Expected::Nothing);
}

#[test]
fn labels_follow_the_samples() {
    let (_files, spec) = table("1,2\n3,0\n4,1\n", |_| {});
    let dataset = open(&Spec { limit: Some(2), ..spec }).unwrap();
    assert_eq!(dataset.expected(), Expected::Classes(vec![2, 0]));
}

#[test]
fn a_file_of_labels_wins_over_folders() {
    let files = Files::new();
    for (name, shade) in [("d/ant/1.png", 1), ("d/cat/2.png", 2), ("d/cat/3.png", 3)] {
        files.write(name, pixel(shade));
    }
    let mut spec = files.spec("d");
    spec.labels = Some(files.write("labels.csv", "file,label\ncat/3.png,1\nant/1.png,0\n"));
    classes(&spec, &[1, 0], &[]);
    check(&spec, float(&[1, 1, 1, 1]), &[3.0, 1.0].map(|x| Data::F32(vec![x])));
    spec.labels = Some(files.write("labels.csv", "2\n0\n1\n"));
    classes(&spec, &[2, 0, 1], &[]);
    spec.labels = Some(files.write("labels.csv", "2\n0\n"));
    bad(&spec, &["has 3 samples, but there are 2 labels"]);
    spec.labels = Some(files.write("labels.csv", "file,label\nant/3.png,1\n"));
    bad(&spec, &["ant/3.png", "is no file"]);
}

#[test]
fn folders_are_classes() {
    let files = Files::new();
    for (name, shade) in [("d/cat/2.png", 2), ("d/cat/1.png", 1), ("d/ant/3.PNG", 3)] {
        files.write(name, pixel(shade));
    }
    files.path("d/empty/x");
    files.write("d/cat/notes.txt", "passed over");
    files.write("d/.hidden/x.png", "passed over");
    classes(&files.spec("d"), &[0, 1, 1], &["ant", "cat", "empty"]);
    let shades = [3.0, 1.0, 2.0].map(|x| Data::F32(vec![x]));
    check(&files.spec("d"), float(&[1, 1, 1, 1]), &shades);
    let ordered = Spec { classes: names(&["cat", "empty", "dog", "ant"]), ..files.spec("d") };
    classes(&ordered, &[3, 0, 0], &["cat", "empty", "dog", "ant"]);
    bad(&Spec { classes: names(&["cat"]), ..files.spec("d") }, &["folder `ant`", "classes cat"]);
    files.write("d/extra.png", pixel(0));
    bad(&files.spec("d"), &["`extra.png`", "beside folders of classes"]);
}

#[test]
fn folders_without_samples_are_refused() {
    let files = Files::new();
    files.path("d/x");
    bad(&files.spec("d"), &["has no `.png`"]);
    files.path("d/class/x");
    bad(&files.spec("d"), &["has no `.png`"]);
    files.write("d/class/deeper/x.png", pixel(0));
    bad(&files.spec("d"), &["deeper", "inside the folder of a class"]);
    files.write("e/a.png", pixel(0));
    files.write("e/b.wav", "");
    bad(&files.spec("e"), &["mixes pictures and sound", "a.png", "b.wav"]);
}

fn listed(text: &str, change: impl Fn(&mut Spec)) -> (Files, Spec) {
    let files = Files::new();
    for (name, shade) in [("d/a.png", 1), ("d/b.png", 2), ("d/c.png", 3)] {
        files.write(name, pixel(shade));
    }
    let mut spec = files.spec("d");
    spec.labels = Some(files.write("labels.csv", text));
    change(&mut spec);
    (files, spec)
}

#[test]
fn tables_name_files_and_labels() {
    let (_files, spec) = listed("file,label\nc.png,x\na.png,y\n", |_| {});
    classes(&spec, &[0, 1], &["x", "y"]);
    check(&spec, float(&[1, 1, 1, 1]), &[3.0, 1.0].map(|x| Data::F32(vec![x])));
    classes(&listed("b.png,10,4\n", |_| {}).1, &[4], &[]);
    let second = |s: &mut Spec| s.label_column = Some("1".into());
    classes(&listed("b.png,10,4\n", second).1, &[10], &[]);
    classes(&listed("id,image,kind\n7,b.png,4\n", |_| {}).1, &[4], &[]);
    classes(&listed("0\n5\n1\n", |_| {}).1, &[0, 5, 1], &[]);
}

#[test]
fn tables_that_do_not_suit_the_files_are_refused() {
    let bad = |text, parts: &[&str]| bad(&listed(text, |_| {}).1, parts);
    bad("file,label\nz.png,1\n", &["labels.csv", "line 2: `z.png` is no file"]);
    bad("a.png,1\n../d/b.png,1\n", &["line 2", "leads out of the folder"]);
    bad("a.png,1\n/etc/passwd,1\n", &["line 2", "leads out of the folder"]);
    bad("0\n5\n", &["3 samples, but there are 2 labels"]);
    bad("file,label\n", &["has no"]);
}

#[test]
fn labels_may_have_files_of_their_own() {
    let files = Files::new();
    let x = Data::F32(vec![0.0; 2]);
    let data = files.npz(&[("in0", &[2, 1, 1, 1], x)]);
    let labelled = |path: PathBuf| Spec { labels: Some(path), ..Spec::new(&data) };
    classes(&labelled(files.write("l.csv", "label\n1\n0\n")), &[1, 0], &["0"][..0]);
    classes(&labelled(files.write("l.txt", "b\na\n")), &[1, 0], &["a", "b"]);
    classes(&labelled(files.write("n.csv", "id,label\n0,5\n1,6\n")), &[5, 6], &[]);
    let other = files.path("other.npz");
    let array = Array { shape: vec![2], data: Data::I32(vec![7, 8]) };
    arrays::write(&other, &[("truth".into(), array)]).unwrap();
    classes(&labelled(other), &[7, 8], &[]);
    bad(&labelled(files.write("l.md", "")), &["l.md", "`.csv`, `.npy` and `.npz`"]);
    bad(&labelled(files.write("m.csv", "1,2\n3,4\n")), &["2 columns", "--label-column"]);
    let none = Spec::new(&data);
    let error = open(&none).unwrap().class_labels(2).unwrap_err().to_string();
    assert!(error.contains("has no labels") && error.contains("--labels"), "{error}");
}
