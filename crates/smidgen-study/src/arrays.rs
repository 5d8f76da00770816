//! Input and output data as NumPy files.

use crate::Error;
use crate::error::{data_error, file_error};
use half::f16;
use npyz::{NpyFile, TypeStr, WriterBuilder};
use smidgen_compiler::tensor::{Data, TensorType};
use std::fs::File;
use std::io::{BufReader, BufWriter, Cursor, Read, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Most bytes of one array that is read, samples included.
const MAX_ARRAY_BYTES: u64 = 1 << 30;
/// Longest header of an array in bytes; NumPy's own limit.
const MAX_HEADER_BYTES: usize = 10_000;
/// Most brackets in a header; NumPy writes three pairs for a plain array.
const MAX_BRACKETS: usize = 32;

/// An array of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Dimensions, outermost first.
    pub shape: Vec<usize>,
    /// Elements in row-major order.
    pub data: Data,
}

/// Reads the named arrays of an `.npz` file, or the one array of an `.npy` file if one name is
/// asked for. Their types must be ones that models have; floats of any precision become float32.
pub fn read(path: &Path, names: &[String]) -> Result<Vec<Array>, Error> {
    read_all(path, names, false)
}

/// Reads arrays of any type of numbers: those that no model has are widened; float64 is rounded to
/// float32, and refused beyond its range.
pub(crate) fn read_widened(path: &Path, names: &[String]) -> Result<Vec<Array>, Error> {
    read_all(path, names, true)
}

fn read_all(path: &Path, names: &[String], widen: bool) -> Result<Vec<Array>, Error> {
    if is_npy(path) {
        if names.len() != 1 {
            return Err(data_error(
                path,
                format!(
                    "an `.npy` file holds one array, but the model has {} inputs; use an `.npz` file",
                    names.len()
                ),
            ));
        }
        let array = read_array(BufReader::new(open(path)?), widen);
        return Ok(vec![array.map_err(|text| data_error(path, text))?]);
    }
    let mut archive = archive(path)?;
    let present = array_names(&archive);
    let mut arrays = Vec::new();
    for name in names {
        let Ok(entry) = archive.by_name(&format!("{name}.npy")) else {
            let text = format!("has no array `{name}`; it has {}", listed(&present));
            return Err(data_error(path, text));
        };
        let array = read_array(entry, widen).map_err(|e| format!("array `{name}`: {e}"));
        arrays.push(array.map_err(|text| data_error(path, text))?);
    }
    Ok(arrays)
}

/// Names of the arrays of an `.npz` file, sorted.
pub fn names(path: &Path) -> Result<Vec<String>, Error> {
    Ok(array_names(&archive(path)?))
}

/// Names for a message: not more of them than anyone would read.
pub(crate) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 20;
    let text = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        let more = names.len() - SHOWN;
        return format!("{text} and {more} more");
    }
    if names.is_empty() { "none".into() } else { text }
}

/// Whether the file holds a single array.
pub(crate) fn is_npy(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy"))
}

fn open(path: &Path) -> Result<File, Error> {
    File::open(path).map_err(|source| file_error("read", path, source))
}

fn archive(path: &Path) -> Result<ZipArchive<BufReader<File>>, Error> {
    ZipArchive::new(BufReader::new(open(path)?))
        .map_err(|e| data_error(path, format!("is no `.npz` file: {e}")))
}

fn array_names(archive: &ZipArchive<BufReader<File>>) -> Vec<String> {
    let names = archive.file_names().filter_map(|name| name.strip_suffix(".npy"));
    let mut names: Vec<String> = names.map(ToString::to_string).collect();
    names.sort();
    names
}

/// Reads an array. What is allocated grows with the content that is there, not with the size that
/// the header claims.
fn read_array(mut reader: impl Read, widen: bool) -> Result<Array, String> {
    let header = read_header(&mut reader)?;
    let file = NpyFile::new(Cursor::new(header).chain(reader))
        .map_err(|e| format!("is no NumPy array: {e}"))?;
    if file.order() != npyz::Order::C {
        return Err(
            "is stored in column-major order; save it with `numpy.ascontiguousarray`".into()
        );
    }
    let npyz::DType::Plain(ty) = file.dtype() else {
        return Err("has a structured element type".into());
    };
    let elements = file.shape().iter().try_fold(1u64, |n, &d| n.checked_mul(d));
    let bytes = elements.and_then(|n| n.checked_mul(ty.num_bytes()? as u64));
    if bytes.is_none_or(|n| n > MAX_ARRAY_BYTES) {
        return Err(format!("has more than {} MiB", MAX_ARRAY_BYTES >> 20));
    }
    let shape = file.shape().iter().map(|&d| d as usize).collect();
    let ty = ty.to_string();
    Ok(Array { shape, data: read_elements(file, &ty, widen)? })
}

/// Elements in the narrowest type that models have for them, floats in single precision.
fn read_elements(file: NpyFile<impl Read>, ty: &str, widen: bool) -> Result<Data, String> {
    fn elements<T: npyz::Deserialize, U>(
        file: NpyFile<impl Read>,
        convert: impl Fn(T) -> Option<U>,
    ) -> Result<Vec<U>, String> {
        let reader = file.data().map_err(|e| format!("cannot be read: {e}"))?;
        let convert = |(index, element): (usize, std::io::Result<T>)| {
            let element = element.map_err(|e| format!("cannot be read: {e}"))?;
            convert(element).ok_or_else(|| format!("element {index} is out of range"))
        };
        reader.enumerate().map(convert).collect()
    }
    let kind = ty.get(1..).unwrap_or_default();
    let kind = if widen || !["u2", "u4", "u8"].contains(&kind) { kind } else { "" };
    Ok(match kind {
        "i1" => Data::I8(elements(file, Some)?),
        "u1" => Data::U8(elements(file, Some)?),
        "i2" => Data::I16(elements(file, Some)?),
        "u2" => Data::I32(elements(file, |x: u16| Some(x.into()))?),
        "i4" => Data::I32(elements(file, Some)?),
        "u4" => Data::I64(elements(file, |x: u32| Some(x.into()))?),
        "i8" => Data::I64(elements(file, Some)?),
        "u8" => Data::I64(elements(file, |x: u64| x.try_into().ok())?),
        "f2" => Data::F32(elements(file, |x: f16| Some(x.into()))?),
        "f4" => Data::F32(elements(file, Some)?),
        "f8" => {
            let narrow = |x: f64| Some(x as f32).filter(|y| y.is_finite() || !x.is_finite());
            Data::F32(elements(file, narrow)?)
        }
        "b1" => Data::Bool(elements(file, Some)?),
        _ => return Err(format!("has element type `{ty}`, which no model input has")),
    })
}

/// The bytes before an array's elements, once they are known to be harmless for a recursive parser.
fn read_header(reader: &mut impl Read) -> Result<Vec<u8>, String> {
    let mut take = |bytes: &mut Vec<u8>, count: usize| {
        let start = bytes.len();
        bytes.resize(start + count, 0);
        reader.read_exact(&mut bytes[start..]).map_err(|e| format!("is no NumPy array: {e}"))
    };
    let mut header = Vec::new();
    take(&mut header, 10)?;
    // Version 1 has a length of two bytes, later ones of four.
    let mut length = usize::from(u16::from_le_bytes([header[8], header[9]]));
    if header[6] > 1 {
        take(&mut header, 2)?;
        length |= usize::from(u16::from_le_bytes([header[10], header[11]])) << 16;
    }
    if !header.starts_with(b"\x93NUMPY") || length > MAX_HEADER_BYTES {
        return Err("is no NumPy array".into());
    }
    take(&mut header, length)?;
    if header.iter().filter(|byte| b"([{".contains(byte)).count() > MAX_BRACKETS {
        return Err("has a structured element type".into());
    }
    let text = String::from_utf8_lossy(&header[10..]);
    if text.matches("shape").count() > 1 || text.contains('\\') {
        return Err("has a structured element type".into());
    }
    let Some((_, shape)) = text.split_once("'shape':") else {
        return Err("is no NumPy array".into());
    };
    if !countable(shape) {
        return Err(format!("has more than {} MiB or no proper shape", MAX_ARRAY_BYTES >> 20));
    }
    Ok(header)
}

/// Whether a shape in parentheses has a number of elements that 64 bits hold; the parser takes that
/// for granted.
fn countable(text: &str) -> bool {
    let shape = text.split_once('(').and_then(|(before, rest)| {
        let (shape, _) = rest.split_once(')')?;
        before.trim().is_empty().then_some(shape)
    });
    let Some(shape) = shape else { return false };
    let mut dims = shape.split(',').map(str::trim).filter(|dim| !dim.is_empty());
    let times = |count: u64, dim: &str| count.checked_mul(dim.parse::<u64>().ok()?.max(1));
    dims.try_fold(1, times).is_some()
}

/// Splits an array into samples of the type `ty`: the array has either its shape, or one more
/// leading dimension.
pub fn samples(array: &Array, name: &str, ty: &TensorType) -> Result<Vec<Data>, Error> {
    let wanted = ty.shape.dims();
    let matches = array.shape == wanted
        || (array.shape.len() == wanted.len() + 1 && array.shape[1..] == *wanted);
    if !matches || array.data.dtype() != ty.dtype {
        return Err(Error::Data(format!(
            "array `{name}` is {}{:?}, but the model needs {}{wanted:?} or that with a leading \
             sample axis",
            array.data.dtype(),
            array.shape,
            ty.dtype,
        )));
    }
    let elements = ty.shape.elements();
    Ok(smidgen_compiler::for_each_dtype!(&array.data, v => {
        v.chunks_exact(elements).map(|chunk| data(chunk.to_vec())).collect()
    }))
}

/// Wraps elements of any type.
fn data<T: smidgen_compiler::tensor::Element>(elements: Vec<T>) -> Data {
    T::data(elements)
}

/// Writes arrays as an `.npz` file, completely or not at all. Equal arrays give equal bytes.
pub fn write(path: &Path, arrays: &[(String, Array)]) -> Result<(), Error> {
    let partial = path.with_extension("npz.partial");
    let result = write_archive(&partial, arrays).and_then(|()| std::fs::rename(&partial, path));
    result.map_err(|source| {
        let _ = std::fs::remove_file(&partial);
        file_error("write", path, source)
    })
}

fn write_archive(path: &Path, arrays: &[(String, Array)]) -> std::io::Result<()> {
    let mut archive = ZipWriter::new(BufWriter::new(File::create(path)?));
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    for (name, array) in arrays {
        let shape: Vec<u64> = array.shape.iter().map(|&d| d as u64).collect();
        macro_rules! put {
            ($elements:expr, $ty:literal) => {{
                let ty: TypeStr = $ty.parse().expect("a literal type name is legal");
                archive.start_file(format!("{name}.npy"), options)?;
                let builder = npyz::WriteOptions::new().dtype(npyz::DType::Plain(ty));
                let mut writer = builder.shape(&shape).writer(&mut archive).begin_nd()?;
                writer.extend($elements.iter().copied())?;
                writer.finish()?;
            }};
        }
        match &array.data {
            Data::I8(v) => put!(v, "|i1"),
            Data::U8(v) => put!(v, "|u1"),
            Data::I16(v) => put!(v, "<i2"),
            Data::I32(v) => put!(v, "<i4"),
            Data::I64(v) => put!(v, "<i8"),
            Data::F32(v) => put!(v, "<f4"),
            Data::Bool(v) => put!(v, "|b1"),
        }
    }
    archive.finish()?.flush()
}

/// Stacks equally shaped samples along a new leading axis.
pub fn stack(ty: &TensorType, samples: &[Data]) -> Array {
    let mut shape = vec![samples.len()];
    shape.extend(ty.shape.dims());
    let bytes: Vec<u8> = samples.iter().flat_map(Data::to_le_bytes).collect();
    let data = Data::from_le_bytes(ty.dtype, &bytes).expect("samples are whole elements");
    Array { shape, data }
}

#[cfg(test)]
mod tests {
    use super::*;
    use smidgen_compiler::tensor::{DType, Shape};

    fn int8(dims: &[usize]) -> TensorType {
        TensorType::plain(DType::I8, Shape::new(dims).unwrap())
    }

    #[test]
    fn what_is_written_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.npz");
        let arrays: Vec<_> = [
            Data::I8(vec![-128, 0, 127, 1]),
            Data::U8(vec![255, 0, 1, 2]),
            Data::I16(vec![i16::MIN, 0, 1, 2]),
            Data::I32(vec![i32::MIN, 0, 1, 2]),
            Data::I64(vec![i64::MIN, 0, 1, 2]),
            Data::F32(vec![0.1, -0.0, 1e-40, 3.0]),
            Data::Bool(vec![true, false, true, true]),
        ]
        .into_iter()
        .enumerate()
        .map(|(i, data)| (format!("in{i}"), Array { shape: vec![2, 2], data }))
        .collect();
        write(&path, &arrays).unwrap();
        let names: Vec<_> = arrays.iter().map(|(name, _)| name.clone()).collect();
        let read: Vec<_> = read(&path, &names).unwrap();
        assert_eq!(read, arrays.iter().map(|(_, array)| array.clone()).collect::<Vec<_>>());
        let bytes = std::fs::read(&path).unwrap();
        write(&path, &arrays).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert!(super::read(&path, &["in9".into()]).unwrap_err().to_string().contains("in0, in1"));
    }

    #[test]
    fn a_leading_axis_makes_samples() {
        let array = Array { shape: vec![3, 2], data: Data::I8(vec![1, 2, 3, 4, 5, 6]) };
        assert_eq!(samples(&array, "in0", &int8(&[2])).unwrap().len(), 3);
        assert_eq!(
            samples(&array, "in0", &int8(&[3, 2])).unwrap(),
            std::slice::from_ref(&array.data)
        );
        assert!(samples(&array, "in0", &int8(&[3])).is_err());
        assert!(
            samples(&array, "in0", &TensorType::plain(DType::F32, Shape::new([2]).unwrap()))
                .is_err()
        );
    }
}
