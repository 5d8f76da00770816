//! Damaged model files: no panic, no hang, bounded memory while reading; what can still be read compiles or is refused.
//!
//! `SMIDGEN_MUTANTS` sets how many mutants are made of each model; a fixture gives a tenth of that. Everything
//! follows from a seed, so that a failure can be repeated.

mod support;

use peak_alloc::PeakAlloc;
use smidgen_compiler::compile;
use smidgen_compiler::frontend::{self, ReadOptions};
use smidgen_compiler::ops::case::Random;
use smidgen_compiler::plan;
use smidgen_compiler::reader::tflite::Model;
use smidgen_target::Features;
use std::ops::Range;
use std::panic::AssertUnwindSafe;
use support::File;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Mutants of each model, unless the environment says otherwise.
const MUTANTS: usize = 300;

/// Memory that reading may take: a constant, and a multiple of the file.
const MEMORY: (usize, usize) = (64 << 20, 8);

/// Mutants of at most this size are compiled, too, where they can be read: larger ones take long.
const COMPILED: usize = 64 << 10;

/// Contents of at least this size are weights, where damage changes nothing that is read.
const WEIGHTS: usize = 64;

/// Numbers that sizes, offsets and indices go wrong at.
const EXTREMES: [u32; 14] = [
    0,
    1,
    2,
    4,
    8,
    0x7f,
    0xff,
    0xffff,
    0x0001_0000,
    0x00ff_ffff,
    0x7fff_fffe,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
];

/// Makes damaged copies of a file.
struct Mutator<'a> {
    file: &'a [u8],
    /// The parts of the file that are no weights.
    structure: Vec<Range<usize>>,
    random: Random,
}

impl<'a> Mutator<'a> {
    fn new(file: &'a [u8], seed: u64) -> Self {
        Self { file, structure: structure(file), random: Random::new(seed) }
    }

    fn below(&mut self, end: usize) -> usize {
        self.random.range(0, end.max(1) as i64 - 1) as usize
    }

    /// A place in the structure; sometimes anywhere.
    fn place(&mut self) -> usize {
        if self.structure.is_empty() || self.below(16) == 0 {
            return self.below(self.file.len());
        }
        let part = self.below(self.structure.len());
        let part = self.structure[part].clone();
        part.start + self.below(part.len())
    }

    fn mutant(&mut self) -> Vec<u8> {
        let mut bytes = self.file.to_vec();
        for _ in 0..=self.below(3) {
            self.damage(&mut bytes);
        }
        bytes
    }

    fn damage(&mut self, bytes: &mut Vec<u8>) {
        let at = self.place().min(bytes.len().saturating_sub(1));
        let aligned = at & !3;
        match self.below(64) {
            0 => bytes.truncate(at),
            1 => {
                let end = (at + self.below(64)).min(bytes.len());
                bytes.drain(at..end);
            }
            2 => {
                let piece = self.piece();
                bytes.splice(at..at, piece);
            }
            3..=8 => {
                let piece = self.piece();
                let end = (at + piece.len()).min(bytes.len());
                bytes.splice(at..end, piece);
            }
            9..=24 => {
                let word = EXTREMES[self.below(EXTREMES.len())];
                write(bytes, aligned, word);
            }
            25..=30 => {
                let near = bytes.len() as u32;
                let word = near.wrapping_add(self.below(16) as u32).wrapping_sub(8);
                write(bytes, aligned, word);
            }
            31..=46 => {
                let from = self.place() & !3;
                let word = self.file.get(from..from + 4).map_or(0, |word| {
                    u32::from_le_bytes(word.try_into().expect("the range has 4 bytes"))
                });
                let word = word.wrapping_add(self.below(9) as u32).wrapping_sub(4);
                write(bytes, aligned, word);
            }
            _ => {
                let flip = 1 << self.below(8);
                bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= flip);
            }
        }
    }

    /// A short piece of the file itself.
    fn piece(&mut self) -> Vec<u8> {
        let from = self.place();
        let length = 4 * self.below(16);
        self.file.iter().skip(from).take(length).copied().collect()
    }
}

fn write(bytes: &mut [u8], at: usize, word: u32) {
    if let Some(place) = bytes.get_mut(at..at + 4) {
        place.copy_from_slice(&word.to_le_bytes());
    }
}

/// The parts of a file between the weights.
fn structure(file: &[u8]) -> Vec<Range<usize>> {
    let Ok(model) = Model::parse(file) else { return Vec::new() };
    let start = file.as_ptr() as usize;
    let contents = model.subgraphs.iter().flat_map(|graph| &graph.tensors).filter_map(|t| t.data);
    let mut weights: Vec<Range<usize>> = contents
        .filter(|data| data.len() >= WEIGHTS)
        .map(|data| data.as_ptr() as usize - start..data.as_ptr() as usize - start + data.len())
        .collect();
    weights.sort_by_key(|range| range.start);
    let mut parts = Vec::new();
    let mut at = 0;
    for range in weights {
        if range.start > at {
            parts.push(at..range.start);
        }
        at = at.max(range.end);
    }
    parts.push(at..file.len());
    parts.retain(|part| !part.is_empty());
    parts
}

fn check(file: &File, seed: u64, mutants: usize) {
    let options = ReadOptions { name: "mutant".to_owned(), ..ReadOptions::default() };
    let mut mutator = Mutator::new(&file.bytes, seed);
    for index in 0..mutants {
        let mutant = mutator.mutant();
        let limit = MEMORY.0 + MEMORY.1 * mutant.len();
        ALLOCATOR.reset_peak_usage();
        let before = ALLOCATOR.current_usage();
        let read = std::panic::catch_unwind(|| frontend::read(&mutant, &options));
        let peak = ALLOCATOR.peak_usage() - before;
        let place = || format!("mutant {index} of {} (seed {seed})", file.path.display());
        assert!(peak <= limit, "{} took {peak} bytes, the limit is {limit}", place());
        let read = read.unwrap_or_else(|_| panic!("{} made the reader panic", place()));
        if let Some(graph) = read.ok().filter(|_| mutant.len() <= COMPILED) {
            let compile = || drop(compile(graph, &Features::default(), plan::ALL[0]));
            let compiled = std::panic::catch_unwind(AssertUnwindSafe(compile));
            assert!(compiled.is_ok(), "{} made the compiler panic", place());
        }
    }
}

#[test]
fn damaged_models_are_refused_or_read() {
    let mutants = std::env::var("SMIDGEN_MUTANTS").ok();
    let mutants = mutants.map_or(MUTANTS, |count| count.parse().expect("a number of mutants"));
    let models = support::models().into_iter().map(|file| (file, mutants));
    let fixtures = support::fixtures().into_iter().map(|file| (file, mutants.div_ceil(10)));
    for (seed, (file, mutants)) in models.chain(fixtures).enumerate() {
        check(&file, seed as u64, mutants);
    }
}
