// Signals to processes: .NET itself can only kill.
module Chaos.Signal

open System
open System.Runtime.InteropServices

module private Native =
    [<DllImport("libc", EntryPoint = "kill", SetLastError = true)>]
    extern int kill(int pid, int signal)

/// Whether processes can be stopped and continued here.
let isPossible = OperatingSystem.IsLinux() || OperatingSystem.IsMacOS()

let private stop = if OperatingSystem.IsMacOS() then 17 else 19
let private cont = if OperatingSystem.IsMacOS() then 19 else 18

let private send signal (pid: int) = Native.kill (pid, signal) |> ignore

/// SIGSTOP.
let halt pid = send stop pid

/// SIGCONT.
let resume pid = send cont pid
