@echo off
rem Runs Paket on the package feed of this machine: NUGET_FEED, or else the first one that NuGet is set up with.
rem The build calls it from a project folder (Directory.Build.targets); by hand it is `eng\paket restore` and so on.
setlocal

if not defined NUGET_FEED (
    for /f "tokens=1,*" %%a in ('dotnet nuget list source --format short ^| findstr /r /c:"^E[A-Z]* "') do (
        if not defined NUGET_FEED set "NUGET_FEED=%%b"
    )
)

dotnet tool restore > nul || exit /b 1
dotnet paket %*
