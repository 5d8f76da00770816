# Firmware whose instructions are counted by hand.
    .option norelax
    .text
    .global reset
reset:
    la sp, stack
    jal model_step_0
    jal model_step_1
    jal model_step_2
    jal inference_end
    j exit

    .global model_step_0
model_step_0:
    addi sp, sp, -16
    sw ra, 12(sp)
    li a0, 100
1:  addi a2, a2, 3
    addi a0, a0, -1
    bnez a0, 1b
    .global after_loop
after_loop:
    li a0, 7
    jal kernel
    lw ra, 12(sp)
    addi sp, sp, 16
    ret

    .global model_step_1
model_step_1:
    addi sp, sp, -16
    sw ra, 12(sp)
    li a0, 5
    jal kernel
    lw ra, 12(sp)
    addi sp, sp, 16
    ret

    .global model_step_2
model_step_2:           # a device in the middle of a block
    li a1, 0x0200bff8
    li a0, 50
1:  lw a2, 0(a1)
    add a3, a3, a2
    addi a0, a0, -1
    bnez a0, 1b
    ret

    .global inference_end
inference_end:
    ret

    .global kernel
kernel:
    la a1, buffer
1:  lw a2, 0(a1)
    addi a2, a2, 1
    sw a2, 0(a1)
    addi a0, a0, -1
    bnez a0, 1b
    ret

    .balign 16
    .option norvc
exit:
    la a1, exit_block
    li a0, 0x20
    slli x0, x0, 0x1f
    ebreak
    srai x0, x0, 7
    .balign 4
exit_block: .word 0x20026, 0

    .bss
    .balign 4
buffer: .space 4
