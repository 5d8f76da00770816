# Start-up of the compiled firmware: enables floating point where there is some, calls `work`.
    .option norelax
    .option arch, +zicsr
    .text
    .global reset
reset:
    la sp, stack
    li t0, 0x2000
    csrs mstatus, t0
    la t0, fault
    csrw mtvec, t0
    jal work
    la a1, exit_block
    j exit
    .balign 4
fault:
    la a1, fault_block
    .balign 16
    .option norvc
exit:
    li a0, 0x20
    slli x0, x0, 0x1f
    ebreak
    srai x0, x0, 7
    .balign 4
exit_block:  .word 0x20026, 0
fault_block: .word 0x20026, 99
