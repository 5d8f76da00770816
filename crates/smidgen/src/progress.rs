//! Progress on standard error, where that is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use smidgen_study::Stage;
use std::time::Duration;

const BAR: &str = "{bar:32} {pos}/{len} {msg}";

/// Shows what is being done.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A spinner with a changing message.
    pub(crate) fn spinner(quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, target(quiet));
        bar.set_style(ProgressStyle::default_spinner());
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    /// A bar over `total` items.
    pub(crate) fn bar(total: usize, quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total as u64), target(quiet));
        let style = ProgressStyle::with_template(BAR);
        bar.set_style(style.expect("the template is legal"));
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    /// Becomes a bar over `count` items.
    pub(crate) fn total(&self, count: usize) {
        self.0.set_length(count as u64);
        let style = ProgressStyle::with_template(BAR);
        self.0.set_style(style.expect("the template is legal"));
    }

    /// Says what is being done.
    pub(crate) fn message(&self, text: impl Into<String>) {
        self.0.set_message(text.into());
    }

    /// Says which stage is being done.
    pub(crate) fn stage(&self, stage: Stage) {
        self.message(match stage {
            Stage::Compile => "compiling",
            Stage::Build => "building firmware",
            Stage::Run => "running",
            Stage::Verify => "comparing with the reference",
        });
    }

    /// One more item is done.
    pub(crate) fn advance(&self) {
        self.advance_by(1);
    }

    /// So many more items are done.
    pub(crate) fn advance_by(&self, count: usize) {
        self.0.inc(count as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn target(quiet: bool) -> ProgressDrawTarget {
    if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() }
}
