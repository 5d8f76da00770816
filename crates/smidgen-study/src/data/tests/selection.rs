//! Parts of data sets, in order or not, for one graph or another.

use super::*;

fn ten() -> (Files, Spec) {
    let files = Files::new();
    let numbers = Data::F32((0..10u8).map(f32::from).collect());
    let labels = Data::I32((0..10).collect());
    let spec = Spec::new(files.npz(&[("x", &[10, 1], numbers), ("y", &[10], labels)]));
    (files, spec)
}

fn numbers(dataset: &Dataset) -> Vec<f32> {
    let first = |sample: Result<Sample, Error>| sample.unwrap()[0].get::<f32>()[0];
    dataset.samples().map(first).collect()
}

#[test]
fn a_limit_takes_the_first() {
    let (_files, spec) = ten();
    let dataset =
        Dataset::open(&Spec { limit: Some(3), ..spec.clone() }, &graph(&[float(&[1])])).unwrap();
    assert_eq!(numbers(&dataset), [0.0, 1.0, 2.0]);
    let all = Dataset::open(&Spec { limit: Some(30), ..spec }, &graph(&[float(&[1])])).unwrap();
    assert_eq!((all.len(), all.is_empty()), (10, false));
    assert_eq!(numbers(&all.subset(2, None)), [0.0, 1.0]);
}

#[test]
fn a_seed_gives_an_order() {
    let (_files, spec) = ten();
    let open = |seed| {
        let spec = Spec { shuffle: Some(seed), ..spec.clone() };
        Dataset::open(&spec, &graph(&[float(&[1])])).unwrap()
    };
    let (first, again, other) = (open(1), open(1), open(2));
    assert_eq!(numbers(&first), numbers(&again));
    assert_ne!(numbers(&first), numbers(&other));
    let mut sorted = numbers(&first);
    sorted.sort_by(f32::total_cmp);
    assert_eq!(sorted, (0..10u8).map(f32::from).collect::<Vec<_>>());
    let labels: Vec<f32> =
        first.class_labels(10).unwrap().into_iter().map(|label| label as f32).collect();
    assert_eq!(labels, numbers(&first));
}

#[test]
fn every_order_is_as_likely() {
    let mut first = [0; 4];
    for seed in 0..4000 {
        first[chosen((0..4).collect(), Some(1), Some(seed))[0] as usize] += 1;
    }
    assert!(first.iter().all(|count| (850..1150).contains(count)), "{first:?}");
}

#[test]
fn another_graph_takes_the_same_samples() {
    let (_files, spec) = ten();
    let dataset = Dataset::open(&spec, &graph(&[float(&[1])])).unwrap();
    let integer = dataset.for_graph(&graph(&[quantised(DType::I8, &[1], 0.5, 0)])).unwrap();
    assert_eq!(integer.sample(3).unwrap(), [Data::I8(vec![6])]);
    let error = dataset.for_graph(&graph(&[float(&[2])])).unwrap_err().to_string();
    assert!(error.contains("other shapes"), "{error}");
}

#[test]
fn suspicious_samples_are_remarked_on() {
    let files = Files::new();
    let path = files.npz(&[("x", &[4, 1], Data::F32(vec![0.0, 0.0, 9.0, 1.0]))]);
    let notes = |ty| {
        let dataset = Dataset::open(&Spec::new(&path), &graph(&[ty])).unwrap();
        assert_eq!(dataset.samples().count(), 4);
        dataset.notes()
    };
    let zeros = "some samples are zero everywhere in input `a`: 2 of 4";
    assert_eq!(notes(float(&[1])), [zeros]);
    let clipped = "25 % of the numbers for input `a` were clipped: it holds -0.5 to 2.05; is \
                   `--scale` missing?";
    assert_eq!(notes(quantised(DType::I8, &[1], 0.01, -78)), [zeros, clipped]);
}
