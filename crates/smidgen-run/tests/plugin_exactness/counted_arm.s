@ Firmware whose instructions are counted by hand; Armv6-M, so that it runs on every core.
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
    bl model_step_0
    bl model_step_1
    bl model_step_2
    bl inference_end
    ldr r1, =exit_block
    movs r0, #0x20
    bkpt 0xab

    .thumb_func
    .global model_step_0
model_step_0:
    push {r4, lr}
    movs r0, #100
1:  adds r4, #3
    subs r0, #1
    bne 1b
    .global after_loop
after_loop:
    movs r0, #7
    bl kernel
    pop {r4, pc}

    .thumb_func
    .global model_step_1
model_step_1:
    push {r4, lr}
    movs r0, #5
    bl kernel
    pop {r4, pc}

    .thumb_func
    .global model_step_2
model_step_2:           @ a device in the middle of a block
    ldr r1, =0xe000e018
    movs r0, #50
1:  ldr r2, [r1]
    adds r3, r2
    subs r0, #1
    bne 1b
    bx lr

    .thumb_func
    .global inference_end
inference_end:
    bx lr

    .thumb_func
    .global kernel
kernel:
    ldr r1, =buffer
1:  ldr r2, [r1]
    adds r2, #1
    str r2, [r1]
    subs r0, #1
    bne 1b
    bx lr

    .thumb_func
fault:
    ldr r1, =fault_block
    movs r0, #0x20
    bkpt 0xab
    .ltorg
    .balign 4
exit_block:  .word 0x20026, 0
fault_block: .word 0x20026, 99

    .bss
    .balign 4
buffer: .space 4
