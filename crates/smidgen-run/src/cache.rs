//! Build products on disk, found by the hash of everything that went into them.

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use sha2::{Digest, Sha256};

use crate::Error;

/// Names an entry: SHA-256 of everything that it depends on, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// Hashes `parts`, each with its length, so that no two lists of parts give the same text.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(hex(&hash.finalize()))
    }

    /// The key as text, 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A folder of entries. Several processes may use it at once: an entry appears complete or not at
/// all, and one that was damaged counts as absent.
#[derive(Debug, Clone)]
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    /// The cache of the user, `smidgen` in the operating system's place for caches.
    pub fn user() -> Result<Self, Error> {
        let strategy = etcetera::choose_base_strategy().map_err(|error| Error::Io {
            action: "find the home directory for",
            path: PathBuf::from("cache"),
            source: std::io::Error::other(error),
        })?;
        Ok(Self::at(strategy.cache_dir().join("smidgen")))
    }

    /// A cache in the folder `root`, which is created when the first entry is.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The entry `key`, or what `make` returns, which is then kept.
    pub fn get_or_make(
        &self,
        key: &Key,
        make: impl FnOnce() -> Result<Vec<u8>, Error>,
    ) -> Result<Vec<u8>, Error> {
        if let Some(content) = self.get(key) {
            return Ok(content);
        }
        let content = make()?;
        self.put(key, &content)?;
        Ok(content)
    }

    /// Makes `content` available as a file called `name`, in a folder named by its hash.
    pub fn materialise(&self, name: &str, content: &[u8]) -> Result<PathBuf, Error> {
        let path = self.root.join("files").join(&hex(&Sha256::digest(content))[..16]).join(name);
        if fs::read(&path).is_ok_and(|found| found == content) {
            return Ok(path);
        }
        write_whole(&path, &[content])?;
        Ok(path)
    }

    fn path(&self, key: &Key) -> PathBuf {
        let (folder, name) = key.0.split_at(2);
        self.root.join("builds").join(folder).join(name)
    }

    /// An entry is the SHA-256 of its content, then the content.
    fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let mut entry = fs::read(self.path(key)).ok()?;
        let (digest, content) = entry.split_at_checked(Sha256::output_size())?;
        (Sha256::digest(content)[..] == *digest).then(|| entry.split_off(Sha256::output_size()))
    }

    fn put(&self, key: &Key, content: &[u8]) -> Result<(), Error> {
        write_whole(&self.path(key), &[&Sha256::digest(content), content])
    }
}

/// Writes beside `path` and renames, so that nobody sees half a file.
fn write_whole(path: &Path, parts: &[&[u8]]) -> Result<(), Error> {
    let folder = path.parent().expect("cache paths have a parent");
    fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    let mut file =
        tempfile::NamedTempFile::new_in(folder).map_err(Error::io("write in", folder))?;
    for part in parts {
        file.write_all(part).map_err(Error::io("write", path))?;
    }
    file.persist(path).map_err(|error| Error::io("write", path)(error.error))?;
    Ok(())
}

/// Two hexadecimal digits per byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::of([text.as_bytes()])
    }

    #[test]
    fn an_entry_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path().join("deep"));
        let made = cache.get_or_make(&key("a"), || Ok(b"content".to_vec())).unwrap();
        let found = cache.get_or_make(&key("a"), || panic!("must be cached")).unwrap();
        assert_eq!((made.as_slice(), found.as_slice()), (&b"content"[..], &b"content"[..]));
    }

    #[test]
    fn a_damaged_entry_is_made_again() {
        for damage in [&b""[..], b"short", &[0; 40]] {
            let folder = tempfile::tempdir().unwrap();
            let cache = Cache::at(folder.path());
            cache.get_or_make(&key("a"), || Ok(b"old".to_vec())).unwrap();
            fs::write(cache.path(&key("a")), damage).unwrap();
            assert_eq!(cache.get_or_make(&key("a"), || Ok(b"new".to_vec())).unwrap(), b"new");
        }
    }

    #[test]
    fn a_failure_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        let fail = || Err(Error::StackOverflow { board: "b".to_owned() });
        cache.get_or_make(&key("a"), fail).unwrap_err();
        assert_eq!(cache.get_or_make(&key("a"), || Ok(vec![1])).unwrap(), [1]);
    }

    #[test]
    fn keys_tell_parts_apart() {
        assert_ne!(Key::of([&b"ab"[..], b"c"]), Key::of([&b"a"[..], b"bc"]));
    }

    #[test]
    fn a_damaged_file_is_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        let path = cache.materialise("plugin.so", b"right").unwrap();
        fs::write(&path, b"wrong").unwrap();
        assert_eq!(cache.materialise("plugin.so", b"right").unwrap(), path);
        assert_eq!(fs::read(path).unwrap(), b"right");
    }
}
