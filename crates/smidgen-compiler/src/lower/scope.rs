//! Where the values of one block are, while its steps are made.

use super::block::Block;
use super::program::{BufferId, Place, Port};
use crate::graph::{Node, ValueId};

/// Where the values of a block are.
pub(super) struct Scope<'b, 'a> {
    pub(super) block: &'b Block<'a>,
    /// Place of every root that has one.
    place: Vec<Option<Place>>,
    /// Roots whose memory is not the block's to overwrite.
    held: Vec<bool>,
}

impl<'b, 'a> Scope<'b, 'a> {
    pub(super) fn new(block: &'b Block<'a>) -> Self {
        let count = block.root.len();
        Self { block, place: vec![None; count], held: vec![false; count] }
    }

    /// The scope of a region whose inputs are the values `inputs` of `outer`.
    pub(super) fn inside(block: &'b Block<'a>, outer: &Scope, inputs: &[ValueId]) -> Self {
        let mut scope = Self::new(block);
        let pairs = block.graph.inputs().iter().zip(inputs);
        for (&inner, &id) in pairs.filter(|&(&inner, _)| block.constant(inner).is_none()) {
            scope.put(inner, outer.port(id).place);
            scope.held[block.root(inner)] = true;
        }
        scope
    }

    pub(super) fn place(&self, id: ValueId) -> Option<Place> {
        self.place[self.block.root(id)]
    }

    pub(super) fn put(&mut self, id: ValueId, place: Place) {
        let root = self.block.root(id);
        self.place[root] = Some(place);
    }

    /// The step after the last use of the value's bytes.
    pub(super) fn end(&self, id: ValueId) -> u32 {
        self.block.end[self.block.root(id)]
    }

    pub(super) fn is_held(&self, id: ValueId) -> bool {
        self.held[self.block.root(id)]
    }

    pub(super) fn buffer(&self, id: ValueId) -> Option<BufferId> {
        match self.place(id) {
            Some(Place::Arena(buffer)) => Some(buffer),
            _ => None,
        }
    }

    /// The place of the old state, which is operand `operand` of `node`, where step `index` may
    /// overwrite it with the new one: nothing reads the old one afterwards, no other operand of the
    /// step lies there, and the new one is no output, which must not lie in a state's memory.
    pub(super) fn claim_state(
        &self,
        node: &Node,
        operand: usize,
        new: ValueId,
        index: u32,
    ) -> Option<Place> {
        let old = node.inputs[operand];
        let place = self.place(old)?;
        let users = node.inputs.iter().filter(|&&id| self.place(id) == Some(place)).count();
        let last = self.end(old) == index + 1 && !self.is_held(old) && users == 1;
        let free = last && !self.block.is_output(old) && !self.block.is_output(new);
        free.then_some(place)
    }

    pub(super) fn port(&self, id: ValueId) -> Port {
        let value = self.block.graph.value(id);
        Port {
            slot: id.slot(self.block.slots),
            name: value.name.clone(),
            ty: value.ty.clone(),
            place: self.place(id).expect("values are placed before they are used"),
        }
    }
}
