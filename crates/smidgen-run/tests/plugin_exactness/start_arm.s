@ Start-up of the compiled firmware: enables floating point where there is some, calls `work`.
    .syntax unified
    .thumb
    .section .vectors, "a"
    .word stack, reset + 1
    .rept 14
    .word fault + 1
    .endr

    .text
    .thumb_func
    .global reset
reset:
    ldr r1, =0xe000ed88
    ldr r0, =0x00f00000
    str r0, [r1]
    dsb
    isb
    bl work
    ldr r1, =exit_block
    movs r0, #0x20
    bkpt 0xab
    .thumb_func
fault:
    ldr r1, =fault_block
    movs r0, #0x20
    bkpt 0xab
    .ltorg
    .balign 4
exit_block:  .word 0x20026, 0
fault_block: .word 0x20026, 99
