//! QEMU TCG plug-in that counts what firmware executes, and nothing else.
