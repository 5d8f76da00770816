//! Damaged ONNX files: no panic, no hang, bounded memory while reading; what can still be read compiles or is refused.
//!
//! Mutants are made of a file's bytes and of its fields, whose lengths then fit, so that damage gets past the
//! decoder. `SMIDGEN_MUTANTS` sets how many are made of each file, `SMIDGEN_ONNX_MODELS` names a folder with more files,
//! such as ONNX's node tests. Everything follows from a seed, so that a failure can be repeated.

use peak_alloc::PeakAlloc;
use smidgen_compiler::compile;
use smidgen_compiler::frontend::{self, ReadOptions};
use smidgen_compiler::ops::case::Random;
use smidgen_compiler::plan;
use smidgen_compiler::reader::onnx::{Externals, Model, external_files};
use smidgen_target::Features;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Mutants of each file, unless the environment says otherwise.
const MUTANTS: usize = 100;

/// Memory that reading may take: a constant, and a multiple of the file.
const MEMORY: (usize, usize) = (64 << 20, 8);

/// Time that no mutant of a few kilobytes needs, not even on a busy machine.
const TIME: Duration = Duration::from_secs(20);

/// Numbers that sizes, versions and indices go wrong at.
const EXTREMES: [u64; 10] = [0, 1, 2, 7, 0x7f, 0x80, 1 << 31, (1 << 31) - 1, 1 << 63, u64::MAX];

/// A field of a message: its key, and its content.
#[derive(Clone)]
struct Field {
    key: u64,
    content: Content,
}

#[derive(Clone)]
enum Content {
    Number(u64),
    Bytes(Vec<u8>),
    Message(Vec<Field>),
}

/// The fields of bytes that may be a message.
fn fields(mut bytes: &[u8]) -> Option<Vec<Field>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = number(&mut bytes)?;
        let content = match key & 7 {
            0 => Content::Number(number(&mut bytes)?),
            2 => {
                let length = usize::try_from(number(&mut bytes)?).ok()?;
                let (content, rest) = bytes.split_at_checked(length)?;
                bytes = rest;
                match fields_of(content) {
                    Some(fields) => Content::Message(fields),
                    None => Content::Bytes(content.to_vec()),
                }
            }
            5 => {
                let (content, rest) = bytes.split_at_checked(4)?;
                bytes = rest;
                Content::Bytes(content.to_vec())
            }
            _ => return None,
        };
        fields.push(Field { key, content });
    }
    Some(fields)
}

/// The fields of a message inside of another one; text is sometimes one by accident, which does no harm.
fn fields_of(content: &[u8]) -> Option<Vec<Field>> {
    fields(content).filter(|fields| !fields.is_empty() && bytes(fields) == content)
}

fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for (index, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if *byte < 0x80 {
            *bytes = &bytes[index + 1..];
            return (byte >> 1 << 1 == 0 || index < 9).then_some(value);
        }
    }
    None
}

fn write(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn bytes(fields: &[Field]) -> Vec<u8> {
    let mut out = Vec::new();
    for Field { key, content } in fields {
        write(&mut out, *key);
        let content = match content {
            Content::Number(number) => {
                write(&mut out, *number);
                continue;
            }
            Content::Bytes(content) => content.clone(),
            Content::Message(fields) => bytes(fields),
        };
        if key & 7 == 2 {
            write(&mut out, content.len() as u64);
        }
        out.extend(content);
    }
    out
}

/// Makes damaged copies of a file.
struct Mutator<'a> {
    file: &'a [u8],
    root: Vec<Field>,
    random: Random,
}

impl Mutator<'_> {
    fn below(&mut self, end: usize) -> usize {
        self.random.range(0, end.max(1) as i64 - 1) as usize
    }

    fn mutant(&mut self) -> Vec<u8> {
        if self.below(4) == 0 {
            return self.damaged_bytes();
        }
        let mut root = self.root.clone();
        for _ in 0..=self.below(4) {
            self.damage(&mut root);
        }
        bytes(&root)
    }

    /// Damages the fields of a message somewhere below `fields`.
    fn damage(&mut self, fields: &mut Vec<Field>) {
        if fields.is_empty() {
            return;
        }
        let at = self.below(fields.len());
        if let Content::Message(inner) = &mut fields[at].content
            && self.below(8) != 0
        {
            return self.damage(inner);
        }
        match self.below(8) {
            0 => _ = fields.remove(at),
            1 => {
                let copies = 1 << self.below(6);
                let copy = fields[at].clone();
                fields.splice(at..at, vec![copy; copies]);
            }
            2 => {
                let other = self.below(fields.len());
                fields.swap(at, other);
            }
            3 => {
                let other = self.below(fields.len());
                fields[at].content = fields[other].content.clone();
            }
            // A part of the file in a place where another is due: a graph in a graph, a name for a name.
            4 | 5 => {
                let part = self.part(fields[at].key);
                fields[at].content = part.unwrap_or(Content::Bytes(Vec::new()));
            }
            6 => fields[at].key = (self.below(30) as u64) << 3 | fields[at].key & 7,
            _ => self.replace(&mut fields[at].content),
        }
    }

    fn replace(&mut self, content: &mut Content) {
        let extreme = EXTREMES[self.below(EXTREMES.len())];
        match content {
            Content::Number(number) if self.below(2) == 0 => *number = extreme,
            Content::Number(number) => *number ^= 1 << self.below(8),
            Content::Bytes(bytes) => {
                let at = self.below(bytes.len());
                match self.below(4) {
                    0 => bytes.truncate(at),
                    1 => bytes.extend(vec![b'a'; 1 << self.below(12)]),
                    2 => *bytes = Vec::new(),
                    _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1),
                }
            }
            Content::Message(fields) => fields.clear(),
        }
    }

    /// The content of some field with the same key, anywhere in the file.
    fn part(&mut self, key: u64) -> Option<Content> {
        fn collect<'a>(fields: &'a [Field], key: u64, found: &mut Vec<&'a Content>) {
            for field in fields {
                if field.key == key {
                    found.push(&field.content);
                }
                if let Content::Message(inner) = &field.content {
                    collect(inner, key, found);
                }
            }
        }
        let root = std::mem::take(&mut self.root);
        let mut found = Vec::new();
        collect(&root, key, &mut found);
        let part = found.get(self.below(found.len())).map(|content| (*content).clone());
        self.root = root;
        part
    }

    fn damaged_bytes(&mut self) -> Vec<u8> {
        let mut bytes = self.file.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len());
            match self.below(8) {
                0 => bytes.truncate(at),
                1 => _ = bytes.drain(at..(at + self.below(16)).min(bytes.len())),
                2 => {
                    let from = self.below(self.file.len());
                    let length = self.below(64);
                    let piece = self.file[from..].iter().take(length).copied();
                    bytes.splice(at..at, piece);
                }
                3 => bytes.splice(at..at, [0xff; 9]).for_each(drop),
                _ => {
                    let flip = 1 << self.below(8);
                    bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= flip);
                }
            }
        }
        bytes
    }
}

/// Reads, imports and compiles a file, within the bounds; whether it is a model.
fn check(file: &[u8], externals: &Externals, place: impl Fn() -> String) -> bool {
    let (name, externals) = ("mutant".to_owned(), externals.clone());
    let options = ReadOptions { name, externals, ..ReadOptions::default() };
    let read = within_bounds(file.len(), &place, || {
        Model::detect(file);
        drop(external_files(file));
        Model::parse(file, &options.externals).is_ok()
    });
    let graph = within_bounds(file.len(), &place, || frontend::read(file, &options).ok());
    if let Some(graph) = graph {
        let compile = || drop(compile(graph, &Features::default(), plan::ALL[0]));
        let compiled = std::panic::catch_unwind(AssertUnwindSafe(compile));
        assert!(compiled.is_ok(), "{} made the compiler panic", place());
    }
    read
}

/// The result of work on a file of `bytes` bytes, if it takes neither much memory nor much time.
fn within_bounds<T>(bytes: usize, place: impl Fn() -> String, work: impl FnOnce() -> T) -> T {
    let limit = MEMORY.0 + MEMORY.1 * bytes;
    ALLOCATOR.reset_peak_usage();
    let (before, start) = (ALLOCATOR.current_usage(), Instant::now());
    let result = std::panic::catch_unwind(AssertUnwindSafe(work));
    let (peak, time) = (ALLOCATOR.peak_usage() - before, start.elapsed());
    assert!(peak <= limit, "{} took {peak} bytes, the limit is {limit}", place());
    assert!(time <= TIME, "{} took {time:?}", place());
    result.unwrap_or_else(|_| panic!("{} made the reader panic", place()))
}

/// How many of the mutants are still models.
fn check_mutants(path: &Path, seed: u64, mutants: usize, externals: &Externals) -> usize {
    let file = std::fs::read(path).expect("a listed file can be read");
    let root = fields(&file).expect("fixtures are well-formed");
    assert!(bytes(&root) == file, "{}: is written otherwise", path.display());
    let mut mutator = Mutator { file: &file, root, random: Random::new(seed) };
    let mut readable = 0;
    for index in 0..mutants {
        let place = || format!("mutant {index} of {} (seed {seed})", path.display());
        readable += usize::from(check(&mutator.mutant(), externals, place));
    }
    readable
}

/// Reads a model that has `unit` a great many times in the message that the field numbers `path` lead to.
fn check_crowd(path: &[u64], unit: &[u8], times: usize) {
    let mut crowd = unit.repeat(times);
    for number in path.iter().rev() {
        let mut message = Vec::new();
        write(&mut message, number << 3 | 2);
        write(&mut message, crowd.len() as u64);
        message.append(&mut crowd);
        crowd = message;
    }
    // IR version 8, and version 17 of ONNX's operators.
    let file = [&b"\x08\x08\x42\x02\x10\x11"[..], &crowd].concat();
    check(&file, &Externals::new(), || format!("{path:?}, {unit:x?} {times} times"));
}

/// Parts of few bytes that become large in memory, in every message.
fn check_crowds() {
    let (graph, node, attribute, tensor) = (7, 1, 5, 5);
    let function = 25;
    let paths: [&[u64]; 9] = [
        &[],
        &[graph],
        &[graph, node],
        &[graph, node, attribute],
        &[graph, tensor],
        &[graph, 11],
        &[graph, 11, 2, 1, 2],
        &[function],
        &[function, 11],
    ];
    for path in paths {
        for number in 1..=25_u8 {
            // Keys of fields from 16 on take two bytes.
            let key = |wire| {
                if number < 16 {
                    vec![number << 3 | wire]
                } else {
                    vec![number << 3 | wire | 0x80, 1]
                }
            };
            check_crowd(path, &[key(2), vec![0]].concat(), 1 << 18);
            check_crowd(path, &[key(2), vec![2, b'a', b'b']].concat(), 1 << 18);
            check_crowd(path, &[key(0), vec![0]].concat(), 1 << 18);
            let list = [path, &[u64::from(number)]].concat();
            check_crowd(&list, &[0], 1 << 21);
        }
    }
}

/// Paths of the models in a folder and below it, in order.
fn models(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of models can be read");
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let below = paths.into_iter().flat_map(|path| match path.extension() {
        Some(ending) if ending == "onnx" => vec![path],
        _ if path.is_dir() => models(&path),
        _ => Vec::new(),
    });
    below.collect()
}

/// One test, since memory is counted for the whole program.
#[test]
fn damaged_models_are_refused_or_read() {
    check_crowds();
    let mutants = std::env::var("SMIDGEN_MUTANTS").ok();
    let mutants = mutants.map_or(MUTANTS, |count| count.parse().expect("a number of mutants"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/onnx");
    let weights =
        std::fs::read(folder.join("good/weights.bin")).expect("the repository has weights");
    let externals = Externals::from([("weights.bin".to_owned(), weights.into())]);
    let mut paths = models(&folder);
    if let Some(folder) = std::env::var_os("SMIDGEN_ONNX_MODELS") {
        paths.extend(models(Path::new(&folder)));
    }
    let readable =
        |(seed, path): (usize, &PathBuf)| check_mutants(path, seed as u64, mutants, &externals);
    let readable: usize = paths.iter().enumerate().map(readable).sum();
    // Damage that is always fatal would test the decoder alone.
    assert!(readable * 20 > mutants * paths.len(), "{readable} mutants can be read");
}
