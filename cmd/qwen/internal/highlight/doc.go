// Package highlight colours source code line by line.
package highlight
