//! Input and output data as NumPy files.

use crate::Error;
use crate::error::file_error;
use npyz::{NpyFile, TypeStr, WriterBuilder};
use smidgen_compiler::tensor::{Data, TensorType};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Most elements of one array that is read, samples included.
const MAX_ARRAY_ELEMENTS: u64 = 1 << 26;

/// An array of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Dimensions, outermost first.
    pub shape: Vec<usize>,
    /// Elements in row-major order.
    pub data: Data,
}

/// Reads the named arrays of an `.npz` file, or the one array of an `.npy` file if one name is
/// asked for.
pub fn read(path: &Path, names: &[String]) -> Result<Vec<Array>, Error> {
    let wrong = |text: String| Error::Data(format!("`{}`: {text}", path.display()));
    let file = File::open(path).map_err(|source| file_error("read", path, source))?;
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy")) {
        if names.len() != 1 {
            return Err(wrong(format!(
                "an `.npy` file holds one array, but the model has {} inputs; use an `.npz` file",
                names.len()
            )));
        }
        return Ok(vec![read_array(BufReader::new(file)).map_err(wrong)?]);
    }
    let mut archive = ZipArchive::new(BufReader::new(file))
        .map_err(|e| wrong(format!("is no `.npz` file: {e}")))?;
    let present = array_names(&archive);
    let mut arrays = Vec::new();
    for name in names {
        let entry = archive.by_name(&format!("{name}.npy"));
        let Ok(entry) = entry else {
            let shown: Vec<_> = present.iter().take(20).map(String::as_str).collect();
            return Err(wrong(format!("has no array `{name}`; it has {}", shown.join(", "))));
        };
        arrays.push(read_array(entry).map_err(|e| wrong(format!("array `{name}`: {e}")))?);
    }
    Ok(arrays)
}

/// Names of the arrays of an `.npz` file, sorted.
pub fn names(path: &Path) -> Result<Vec<String>, Error> {
    let wrong = |text: String| Error::Data(format!("`{}`: {text}", path.display()));
    let file = File::open(path).map_err(|source| file_error("read", path, source))?;
    let archive = ZipArchive::new(BufReader::new(file))
        .map_err(|e| wrong(format!("is no `.npz` file: {e}")))?;
    Ok(array_names(&archive))
}

fn array_names(archive: &ZipArchive<BufReader<File>>) -> Vec<String> {
    let names = archive.file_names().filter_map(|name| name.strip_suffix(".npy"));
    let mut names: Vec<String> = names.map(ToString::to_string).collect();
    names.sort();
    names
}

fn read_array(reader: impl Read) -> Result<Array, String> {
    let file = NpyFile::new(reader).map_err(|e| format!("is no NumPy array: {e}"))?;
    if file.order() != npyz::Order::C {
        return Err(
            "is stored in column-major order; save it with `numpy.ascontiguousarray`".into()
        );
    }
    let elements = file.shape().iter().try_fold(1u64, |n, &d| n.checked_mul(d));
    if elements.is_none_or(|n| n > MAX_ARRAY_ELEMENTS) {
        return Err(format!("has more than {MAX_ARRAY_ELEMENTS} elements"));
    }
    let shape = file.shape().iter().map(|&d| d as usize).collect();
    let npyz::DType::Plain(ty) = file.dtype() else {
        return Err("has a structured element type".into());
    };
    let ty = ty.to_string();
    let fail = |e: std::io::Error| format!("cannot be read: {e}");
    let data = match ty.get(1..).unwrap_or_default() {
        "i1" => Data::I8(file.into_vec().map_err(fail)?),
        "u1" => Data::U8(file.into_vec().map_err(fail)?),
        "i2" => Data::I16(file.into_vec().map_err(fail)?),
        "i4" => Data::I32(file.into_vec().map_err(fail)?),
        "i8" => Data::I64(file.into_vec().map_err(fail)?),
        "f4" => Data::F32(file.into_vec().map_err(fail)?),
        "b1" => Data::Bool(file.into_vec().map_err(fail)?),
        _ => return Err(format!("has element type `{ty}`, which no model input has")),
    };
    Ok(Array { shape, data })
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
