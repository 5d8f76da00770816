//! Damaged files: whatever their bytes, the answer is samples or an error.

use super::images::{jpeg, rgb};
use super::sound::{pcm, wav};
use super::*;
use jpeg_encoder::ColorType;

/// Mutants of each file.
const ROUNDS: u64 = 1000;

/// Changes, removes, repeats or inserts a few bytes.
fn mutate(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..random.range(1, 4) {
        if bytes.is_empty() {
            break;
        }
        let at = random.range(0, bytes.len() as i64 - 1) as usize;
        let length = random.range(1, 8).min((bytes.len() - at) as i64) as usize;
        match random.range(0, 5) {
            0 => bytes[at] = random.bits() as u8,
            1 => bytes[at] ^= 1 << random.range(0, 7),
            2 => bytes.truncate(at),
            3 => bytes[at..at + length].fill([0x00, 0xff, 0x7f, 0x80][length % 4]),
            4 => {
                let part = bytes[at..at + length].to_vec();
                bytes.splice(at..at, part);
            }
            _ => drop(bytes.drain(at..at + length)),
        }
    }
    bytes
}

/// Reads mutants of a file; most must be refused or differ, or else nothing was tested.
fn check(ending: &str, original: &[u8], input: &TensorType) {
    let files = Files::new();
    let is_read = |name: String, bytes: &[u8]| {
        let mut spec = Spec::new(files.write(&name, bytes));
        spec.image.fit = Some(Fit::Crop);
        spec.sound.clip = Some(Clip::Middle);
        let result = super::read(&spec, std::slice::from_ref(input));
        std::fs::remove_file(&spec.path).unwrap();
        result.is_ok()
    };
    assert!(is_read(format!("original.{ending}"), original));
    let is_refused = |seed: &u64| {
        // A file of its own for each: some file systems are slow to overwrite.
        !is_read(format!("{seed}.{ending}"), &mutate(original, &mut Random::new(*seed)))
    };
    let refused = (0..ROUNDS).filter(is_refused).count();
    assert!(refused > ROUNDS as usize / 20, "{ending}: {refused} of {ROUNDS}");
}

fn noise(count: usize) -> Vec<u8> {
    let mut random = Random::new(9);
    (0..count).map(|_| random.bits() as u8).collect()
}

#[test]
fn arrays() {
    let files = Files::new();
    let data = || Data::F32((0..12u8).map(f32::from).collect());
    let path = files.npz(&[("in0", &[4, 3], data()), ("y", &[4], Data::I32(vec![0; 4]))]);
    check("npz", &std::fs::read(path).unwrap(), &float(&[3]));
    let mut npy = b"\x93NUMPY\x01\x00\x40\x00".to_vec();
    let header = format!("{:63}\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
    npy.extend(header.as_bytes());
    npy.extend([0; 24]);
    check("npy", &npy, &float(&[3]));
}

#[test]
fn tables() {
    let text = "\u{feff}a,\"b\",label\n1,-2.5e3,cat\n\"4\",5,dog\n7,8,cat\n";
    check("csv", text.as_bytes(), &float(&[2]));
}

#[test]
fn pictures() {
    let input = float(&[1, 6, 6, 3]);
    check("png", &rgb(9, 7, &noise(9 * 7 * 3)), &input);
    for progressive in [false, true] {
        let file = jpeg(17, 9, ColorType::Rgb, progressive, &noise(17 * 9 * 3));
        check("jpg", &file, &input);
    }
}

#[test]
fn sound() {
    let samples: Vec<i32> = (0..40).map(|i| i * 100).collect();
    for bits in [16, 24] {
        check("wav", &wav(pcm(2, bits), &samples), &float(&[20]));
    }
}
