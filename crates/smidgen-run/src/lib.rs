//! Toolchains that build firmware and runners that execute it.
//!
//! ```text
//! Bundle + Board ── Builder ──> Image ── Runner ──> Capture
//! ```
//!
//! [`Builder::build`] compiles generated C with the harness for a board, or finds the result in a
//! [`Cache`]. [`runner`] gives what can run the [`Image`]; [`Runner::run`] feeds it samples and
//! returns what came out. Errors say whose fault they are ([`Error::class`]).

mod builder;
mod cache;
pub mod doctor;
mod error;
mod firmware;
mod footprint;
mod image;
mod lines;
mod origin;
mod placement;
pub mod plugin;
mod process;
mod runner;
mod steps;
mod toolchain;

pub use builder::Builder;
pub use cache::{Cache, Key};
pub use error::{Error, ErrorClass};
pub use firmware::Mode;
pub use footprint::{FlashKind, FlashSymbol, Footprint};
pub use image::{Extent, Image, Layout, Place, StepEntry, Symbol};
pub use lines::{Frame, Lines};
pub use origin::{build_id, check_origin};
pub use placement::Placement;
pub use runner::{Capture, Request, Runner, runner};
pub use toolchain::{BuildOptions, Optimisation, Toolchain, toolchain, toolchain_for};
