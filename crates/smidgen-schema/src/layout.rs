//! What decoding a protobuf message allocates, by field: enough to count before anything is decoded.

/// A message.
#[derive(Debug)]
pub struct Layout {
    /// Size of the decoded struct, in bytes.
    pub bytes: usize,
    /// Fields that allocate, by number; decoding the others takes no memory of its own.
    pub fields: &'static [(u32, Field)],
}

/// What a field allocates.
#[derive(Debug)]
pub enum Field {
    /// One message.
    Message(&'static Layout),
    /// A list of messages.
    Messages(&'static Layout),
    /// One text, which is copied.
    Text,
    /// A list of texts, which are copied.
    Texts,
    /// A list of byte strings, which are shared with the file.
    Contents,
    /// A list of integers of as many bytes, each of any length in the file.
    Varints(usize),
    /// A list of numbers of as many bytes, in the file as in memory.
    Numbers(usize),
}
