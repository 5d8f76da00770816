//! Typed element data.

use super::DType;

/// Elements of a tensor in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Signed 8-bit integers.
    I8(Vec<i8>),
    /// Unsigned 8-bit integers.
    U8(Vec<u8>),
    /// Signed 16-bit integers.
    I16(Vec<i16>),
    /// Signed 32-bit integers.
    I32(Vec<i32>),
    /// Signed 64-bit integers.
    I64(Vec<i64>),
    /// 32-bit floats.
    F32(Vec<f32>),
    /// Truth values.
    Bool(Vec<bool>),
}

/// Rust types that [`Data`] can hold.
pub trait Element: Copy + Default + PartialEq + std::fmt::Debug + 'static {
    /// The element type.
    const DTYPE: DType;
    /// The elements, if `data` holds this type.
    fn slice(data: &Data) -> Option<&[Self]>;
    /// Wraps elements.
    fn data(elements: Vec<Self>) -> Data;
}

macro_rules! element {
    ($rust:ty, $variant:ident) => {
        impl Element for $rust {
            const DTYPE: DType = DType::$variant;
            fn slice(data: &Data) -> Option<&[Self]> {
                if let Data::$variant(elements) = data { Some(elements) } else { None }
            }
            fn data(elements: Vec<Self>) -> Data {
                Data::$variant(elements)
            }
        }
    };
}
element!(i8, I8);
element!(u8, U8);
element!(i16, I16);
element!(i32, I32);
element!(i64, I64);
element!(f32, F32);
element!(bool, Bool);

/// Evaluates `$body` with `$elements` bound to the vector inside `$data`, whatever its type.
#[macro_export]
macro_rules! for_each_dtype {
    ($data:expr, $elements:ident => $body:expr) => {
        match $data {
            $crate::tensor::Data::I8($elements) => $body,
            $crate::tensor::Data::U8($elements) => $body,
            $crate::tensor::Data::I16($elements) => $body,
            $crate::tensor::Data::I32($elements) => $body,
            $crate::tensor::Data::I64($elements) => $body,
            $crate::tensor::Data::F32($elements) => $body,
            $crate::tensor::Data::Bool($elements) => $body,
        }
    };
}

impl Data {
    /// Element type.
    pub fn dtype(&self) -> DType {
        match self {
            Self::I8(_) => DType::I8,
            Self::U8(_) => DType::U8,
            Self::I16(_) => DType::I16,
            Self::I32(_) => DType::I32,
            Self::I64(_) => DType::I64,
            Self::F32(_) => DType::F32,
            Self::Bool(_) => DType::Bool,
        }
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        for_each_dtype!(self, v => v.len())
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Elements of the type that the caller knows the data to have.
    ///
    /// # Panics
    /// If the type differs: graph verification rules that out before anything is evaluated.
    pub fn get<T: Element>(&self) -> &[T] {
        T::slice(self).expect("graph verification has checked element types")
    }

    /// Integers of any integer type, widened.
    pub fn integers(&self) -> Option<Vec<i64>> {
        match self {
            Self::I8(v) => Some(v.iter().map(|&x| x.into()).collect()),
            Self::U8(v) => Some(v.iter().map(|&x| x.into()).collect()),
            Self::I16(v) => Some(v.iter().map(|&x| x.into()).collect()),
            Self::I32(v) => Some(v.iter().map(|&x| x.into()).collect()),
            Self::I64(v) => Some(v.clone()),
            Self::F32(_) | Self::Bool(_) => None,
        }
    }

    /// One element of value `integer`, if the type has it.
    pub fn of_integer(dtype: DType, integer: i64) -> Option<Self> {
        Some(match dtype {
            DType::I8 => Self::I8(vec![integer.try_into().ok()?]),
            DType::U8 => Self::U8(vec![integer.try_into().ok()?]),
            DType::I16 => Self::I16(vec![integer.try_into().ok()?]),
            DType::I32 => Self::I32(vec![integer.try_into().ok()?]),
            DType::I64 => Self::I64(vec![integer]),
            DType::F32 => Self::F32(vec![integer as f32]),
            DType::Bool => Self::Bool(vec![integer != 0]),
        })
    }

    /// `elements` zeros (or `false`).
    pub fn zeros(dtype: DType, elements: usize) -> Self {
        match dtype {
            DType::I8 => Self::I8(vec![0; elements]),
            DType::U8 => Self::U8(vec![0; elements]),
            DType::I16 => Self::I16(vec![0; elements]),
            DType::I32 => Self::I32(vec![0; elements]),
            DType::I64 => Self::I64(vec![0; elements]),
            DType::F32 => Self::F32(vec![0.0; elements]),
            DType::Bool => Self::Bool(vec![false; elements]),
        }
    }

    /// Reads little-endian bytes; `None` if they are no whole number of elements.
    pub fn from_le_bytes(dtype: DType, bytes: &[u8]) -> Option<Self> {
        fn words<const N: usize, T>(bytes: &[u8], from: impl Fn([u8; N]) -> T) -> Option<Vec<T>> {
            let (words, rest) = bytes.as_chunks::<N>();
            rest.is_empty().then(|| words.iter().map(|w| from(*w)).collect())
        }
        Some(match dtype {
            DType::I8 => Self::I8(words(bytes, i8::from_le_bytes)?),
            DType::U8 => Self::U8(bytes.to_vec()),
            DType::I16 => Self::I16(words(bytes, i16::from_le_bytes)?),
            DType::I32 => Self::I32(words(bytes, i32::from_le_bytes)?),
            DType::I64 => Self::I64(words(bytes, i64::from_le_bytes)?),
            DType::F32 => Self::F32(words(bytes, f32::from_le_bytes)?),
            DType::Bool => Self::Bool(bytes.iter().map(|&b| b != 0).collect()),
        })
    }

    /// Little-endian bytes, as the target's memory holds them.
    pub fn to_le_bytes(&self) -> Vec<u8> {
        match self {
            Self::I8(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Self::U8(v) => v.clone(),
            Self::I16(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Self::I32(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Self::I64(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Self::F32(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Self::Bool(v) => v.iter().map(|&x| u8::from(x)).collect(),
        }
    }
}
