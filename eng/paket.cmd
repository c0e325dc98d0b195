@echo off
rem Runs Paket on the package feed of this machine: NUGET_FEED, or else the first one that NuGet is set up with.
rem The build calls it (Directory.Build.targets); by hand it is `eng\paket restore` and so on.
setlocal
set DOTNET_NOLOGO=1
set DOTNET_GENERATE_ASPNET_CERTIFICATE=false

if not defined NUGET_FEED (
    for /f "tokens=1,*" %%a in ('dotnet nuget list source --format short ^| findstr /r /c:"^E[A-Z]* "') do (
        if not defined NUGET_FEED set "NUGET_FEED=%%b"
    )
)

rem On a fresh machine the projects, restored side by side, race for unpacking the tools: the losers try again.
set tries=1
:restore
dotnet tool restore > nul 2>&1 && goto restored
if %tries% == 5 (
    dotnet tool restore
    exit /b 1
)
timeout /t %tries% /nobreak > nul 2>&1
set /a tries+=1
goto restore

:restored
dotnet paket %*
