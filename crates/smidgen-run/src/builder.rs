//! Builds images, or finds them in the cache.

use serde::Serialize;
use smidgen_compiler::emit::{Bundle, BundleFile, Manifest};
use smidgen_target::{Board, Features, Isa, Memory, ToolchainId};

use crate::cache::{Cache, Key};
use crate::image::Layout;
use crate::steps;
use crate::toolchain::toolchain_for;
use crate::{BuildOptions, Error, Footprint, Image, Mode, Placement, firmware};

/// Changes when what is cached changes its meaning.
const CACHE_VERSION: &str = "program 2";

/// Builds images for any board, each at most once.
#[derive(Debug, Clone)]
pub struct Builder {
    cache: Cache,
}

impl Builder {
    /// A builder that keeps its products in `cache`.
    pub fn new(cache: Cache) -> Self {
        Self { cache }
    }

    /// Compiles and links `bundle` for `board`.
    pub fn build(
        &self,
        bundle: &Bundle,
        board: &Board,
        options: &BuildOptions,
    ) -> Result<Image, Error> {
        let manifest = &bundle.manifest;
        let calls = firmware::calls(manifest, options.mode);
        let mut image = Image {
            board: board.clone(),
            mode: options.mode,
            program: self.program(bundle, board, options)?,
            layout: Layout::default(),
            steps: Vec::new(),
            footprint: None,
            input_bytes: firmware::total_bytes(
                calls.iter().flat_map(|call| call.inputs.iter().copied()),
            ),
            output_bytes: firmware::total_bytes(
                calls.iter().flat_map(|call| call.outputs.iter().copied()),
            ),
        };
        if image.is_host() {
            return Ok(image);
        }
        image.layout = Layout::read(&image.program)?;
        image.steps = steps::entries(manifest, &image.layout)?;
        if options.mode == Mode::Inference {
            let plain = BuildOptions {
                weights: Placement::Flash,
                code: Placement::Flash,
                ..options.clone()
            };
            let empty = self.program(&empty_bundle(), board, &plain)?;
            image.footprint = Some(Footprint::new(&image.layout, &Layout::read(&empty)?, manifest));
        }
        Ok(image)
    }

    /// The linked program, from the cache if it is there.
    fn program(
        &self,
        bundle: &Bundle,
        board: &Board,
        options: &BuildOptions,
    ) -> Result<Vec<u8>, Error> {
        let toolchain = toolchain_for(board)?;
        let version = toolchain.version()?;
        let json = |value: serde_json::Result<Vec<u8>>| {
            value.expect("plain data with text keys is always serialisable")
        };
        let parts = [
            CACHE_VERSION.as_bytes().to_vec(),
            env!("CARGO_PKG_VERSION").as_bytes().to_vec(),
            version.into_bytes(),
            json(serde_json::to_vec(&BuildTarget::new(board))),
            json(serde_json::to_vec(options)),
            json(serde_json::to_vec(firmware::FILES)),
            json(serde_json::to_vec(bundle)),
        ];
        let key = Key::of(parts.iter().map(Vec::as_slice));
        self.cache.get_or_make(&key, || toolchain.link(bundle, board, options))
    }
}

/// What a program depends on of the board that it is for.
#[derive(Serialize)]
struct BuildTarget<'a> {
    isa: Isa,
    features: &'a Features,
    toolchain: Option<ToolchainId>,
    flags: &'a [String],
    /// Base and size of the code memory and of the data memory.
    memories: Option<[(u32, u32); 2]>,
}

impl<'a> BuildTarget<'a> {
    fn new(board: &'a Board) -> Self {
        let core = &board.core;
        let place = |memory: &Memory| (memory.base, memory.size);
        Self {
            isa: core.isa,
            features: &core.features,
            toolchain: core.toolchain,
            flags: &core.flags,
            memories: board.device().map(|device| [place(&device.code), place(&device.data)]),
        }
    }
}

/// A model that does nothing.
fn empty_bundle() -> Bundle {
    let text = "void empty_run(void *arena);\nvoid empty_run(void *arena) { (void)arena; }\n";
    Bundle {
        name: "empty".to_owned(),
        files: vec![BundleFile { path: "model.c".to_owned(), text: text.to_owned() }],
        manifest: Manifest {
            arena_bytes: 0,
            state_bytes: 0,
            states: vec![],
            inputs: vec![],
            outputs: vec![],
            steps: vec![],
            constants: vec![],
        },
    }
}
