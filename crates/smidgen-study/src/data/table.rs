//! Samples from CSV files: a row each, a column for each element of the inputs.

use super::labels::{self, Labels};
use super::source::{MAX_SAMPLES, Opened, Port, Raw, Source};
use super::spec::Spec;
use crate::Error;
use crate::arrays::listed;
use crate::error::{data_error, file_error};
use csv::{ReaderBuilder, StringRecord, Trim};
use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Longest row in bytes.
const MAX_ROW_BYTES: usize = 16 << 20;
/// Most numbers of all rows together.
const MAX_NUMBERS: usize = 1 << 27;

/// A reader that ends with an error once too much was read since its budget was last renewed.
#[derive(Debug)]
struct Metered {
    file: File,
    budget: Rc<Cell<usize>>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        let left = self.budget.get().checked_sub(count).ok_or_else(|| {
            io::Error::other(format!("a row has more than {} MiB", MAX_ROW_BYTES >> 20))
        })?;
        self.budget.set(left);
        Ok(count)
    }
}

/// Rows of a CSV file, one at a time, all with as many cells as the first.
#[derive(Debug)]
pub(super) struct Rows {
    path: PathBuf,
    reader: csv::Reader<Metered>,
    budget: Rc<Cell<usize>>,
    first: Vec<String>,
    record: StringRecord,
    /// Whether `record` was read ahead.
    pending: bool,
}

impl Rows {
    /// Opens a file and reads its first row.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let fail = |source| file_error("read", path, source);
        let mut file = File::open(path).map_err(fail)?;
        let delimiter = delimiter(&mut file).map_err(fail)?;
        let budget = Rc::new(Cell::new(MAX_ROW_BYTES));
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .delimiter(delimiter)
            .trim(Trim::All)
            .from_reader(Metered { file, budget: Rc::clone(&budget) });
        let (path, first, record) = (path.to_owned(), Vec::new(), StringRecord::new());
        let mut rows = Self { path, reader, budget, first, record, pending: false };
        if rows.next_row()?.is_none() {
            return Err(data_error(&rows.path, "is empty"));
        }
        rows.first = rows.record.iter().map(ToString::to_string).collect();
        rows.pending = true;
        Ok(rows)
    }

    /// Cells of the first row, which is the header or the first sample.
    pub(super) fn first(&self) -> &[String] {
        &self.first
    }

    /// Passes over the first row if it is a header.
    pub(super) fn skip_header(&mut self, is_header: bool) -> Result<(), Error> {
        if is_header {
            self.next_row()?;
        }
        Ok(())
    }

    /// The next row and the number of its line.
    pub(super) fn next_row(&mut self) -> Result<Option<(u64, &StringRecord)>, Error> {
        if !std::mem::take(&mut self.pending) {
            self.budget.set(MAX_ROW_BYTES);
            match self.reader.read_record(&mut self.record) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) => return Err(data_error(&self.path, words(&error))),
            }
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        Ok(Some((line, &self.record)))
    }
}

/// What the reader of rows complains about.
fn words(error: &csv::Error) -> String {
    let line = error.position().map_or(0, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("line {line} has {len} cells, the first row has {expected_len}")
        }
        csv::ErrorKind::Utf8 { err, .. } => {
            format!("line {line}, column {}: is no UTF-8 text", err.field() + 1)
        }
        csv::ErrorKind::Io(error) => format!("cannot be read: {error}"),
        _ => format!("line {line} cannot be read: {error}"),
    }
}

/// What separates cells: of comma, semicolon and tabulator the most frequent in the first line.
fn delimiter(file: &mut File) -> io::Result<u8> {
    let mut start = Vec::new();
    file.take(1 << 16).read_to_end(&mut start)?;
    file.rewind()?;
    let line = start.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let cells = |delimiter: &u8| line.split(|byte| byte == delimiter).count();
    Ok(b"\t;,".iter().copied().max_by_key(cells).unwrap_or(b','))
}

/// Whether a column of this name holds labels.
pub(super) fn is_label_name(name: &str) -> bool {
    labels::NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Index of the column of labels: the one that was asked for, or one whose name says so.
pub(super) fn label_column(
    spec: &Spec,
    header: Option<&[String]>,
    width: usize,
) -> Result<Option<usize>, String> {
    let header = header.unwrap_or_default();
    let Some(wanted) = &spec.label_column else {
        return Ok(header.iter().position(|name| is_label_name(name)));
    };
    let named = header.iter().position(|name| name == wanted);
    let numbered = || {
        let index: i64 = wanted.parse().ok()?;
        let index = if index < 0 { index + width as i64 } else { index };
        usize::try_from(index).ok().filter(|&index| index < width)
    };
    match named.or_else(numbered) {
        Some(column) => Ok(Some(column)),
        None if header.is_empty() => {
            Err(format!("has no column `{wanted}`: there are {width} columns, without names"))
        }
        None => Err(format!("has no column `{wanted}`; it has {}", listed(header))),
    }
}

/// Numbers of all samples.
#[derive(Debug)]
struct Cells {
    path: PathBuf,
    numbers: Vec<f64>,
    /// Elements of the inputs, which follow each other in a row.
    elements: Vec<usize>,
    /// Line of each sample.
    lines: Vec<u64>,
}

/// Opens a CSV file.
pub(super) fn open(spec: &Spec, ports: &[Port]) -> Result<Opened, Error> {
    let path = &spec.path;
    let elements: Vec<usize> = ports.iter().map(|port| port.ty.shape.elements()).collect();
    let features: usize = elements.iter().sum();
    let mut rows = Rows::open(path)?;
    let first = rows.first().to_vec();
    let is_header = spec.header.unwrap_or_else(|| is_header(spec, &first, features));
    let header = is_header.then_some(&first[..]);
    let given = label_column(spec, header, first.len()).map_err(|text| data_error(path, text))?;
    let last = (spec.labels.is_none() && first.len() == features + 1).then_some(features);
    let label = given.or(last);
    let found = first.len() - usize::from(label.is_some());
    if found != features {
        let beside = label.map_or(String::new(), |column| {
            format!(" besides the labels in column {}", column + 1)
        });
        let inputs: Vec<String> =
            ports.iter().map(|port| format!("`{}` {}", port.name, port.ty.shape)).collect();
        let text = format!(
            "has {found} columns{beside}, but the model takes {features} numbers: {}",
            listed(&inputs)
        );
        return Err(data_error(path, text));
    }
    rows.skip_header(is_header)?;
    let mut table = Cells { path: path.clone(), numbers: Vec::new(), elements, lines: Vec::new() };
    let texts = table.fill(&mut rows, header, label)?;
    let labels = label
        .filter(|_| spec.labels.is_none())
        .map(|_| Labels::of_texts(&texts, &spec.classes).map_err(|text| data_error(path, text)));
    Ok(Opened { labels: labels.transpose()?, source: Box::new(table) })
}

/// A first row is a header if a cell that should be a number is none.
fn is_header(spec: &Spec, first: &[String], features: usize) -> bool {
    let numbered = label_column(spec, None, first.len()).ok().flatten();
    let last = (first.len() == features + 1).then_some(features);
    let label = if spec.label_column.is_some() { numbered } else { last };
    let mut cells = first.iter().enumerate().filter(|&(column, _)| Some(column) != label);
    cells.any(|(_, cell)| cell.parse::<f64>().is_err())
}

impl Cells {
    /// Reads all rows; returns the labels.
    fn fill(
        &mut self,
        rows: &mut Rows,
        header: Option<&[String]>,
        label: Option<usize>,
    ) -> Result<Vec<String>, Error> {
        let mut labels = Vec::new();
        while let Some((line, row)) = rows.next_row()? {
            for (column, cell) in row.iter().enumerate() {
                if Some(column) == label {
                    labels.push(cell.to_string());
                    continue;
                }
                let number = cell.parse().ok().filter(|x: &f64| x.is_finite());
                let Some(number) = number else {
                    return Err(data_error(&self.path, no_number(line, column, cell, header)));
                };
                self.numbers.push(number);
            }
            self.lines.push(line);
            if self.numbers.len() > MAX_NUMBERS || self.lines.len() > MAX_SAMPLES {
                let text = format!(
                    "has more than {MAX_NUMBERS} numbers or {MAX_SAMPLES} rows; use an `.npz` file"
                );
                return Err(data_error(&self.path, text));
            }
        }
        Ok(labels)
    }
}

fn no_number(line: u64, column: usize, cell: &str, header: Option<&[String]>) -> String {
    let name = header.and_then(|names| names.get(column));
    let name = name.map_or(String::new(), |name| format!(" (`{name}`)"));
    let shown: String = cell.chars().take(40).collect();
    let what = match cell.parse::<f64>() {
        Ok(_) => format!("`{shown}` is not finite"),
        Err(_) if cell.is_empty() => "is empty".into(),
        Err(_) => format!("`{shown}` is no number"),
    };
    format!("line {line}, column {}{name}: {what}", column + 1)
}

impl Source for Cells {
    fn len(&self) -> usize {
        self.lines.len()
    }

    fn is_real(&self) -> bool {
        true
    }

    fn read(&self, index: usize, port: usize) -> Result<Raw, Error> {
        let row: usize = self.elements.iter().sum();
        let before: usize = self.elements[..port].iter().sum();
        Ok(Raw::Decimal(self.numbers[index * row + before..][..self.elements[port]].to_vec()))
    }

    fn place(&self, index: usize) -> String {
        format!("`{}`: line {}", self.path.display(), self.lines[index])
    }
}
